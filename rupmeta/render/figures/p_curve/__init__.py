"""The p-curve."""
