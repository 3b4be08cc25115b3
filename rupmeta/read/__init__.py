"""Files → typed records, and every fault with file, line and column."""
