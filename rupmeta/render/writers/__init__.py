"""Tables and documents → the terminal, CSV, Markdown and HTML."""
