"""Baujat, GOSH and influence."""
