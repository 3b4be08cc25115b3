"""Session-level ratings from CSV: the format, the columns, the rows, every fault with its place."""
