"""A document as a Word file in APA style (extra ``word``)."""
