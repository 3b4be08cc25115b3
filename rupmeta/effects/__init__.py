"""Routes, measures, conversions and aggregation → ``Effects``."""
