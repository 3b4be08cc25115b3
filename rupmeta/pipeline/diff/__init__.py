"""Two states of a review: what changed, and what it did to the answer."""
