"""The specification curve."""
