"""Two states of a review: answer, figure, tables and sentences."""
