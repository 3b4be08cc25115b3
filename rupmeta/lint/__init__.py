"""Is a number plausible? One rule, one code."""
