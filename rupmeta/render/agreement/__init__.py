"""Two extractors: answer, tables and page."""
