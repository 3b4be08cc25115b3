"""Two extractors of the same studies: where they agree, and what their disagreement does to the answer."""
