"""The answer before and after each adjustment."""
