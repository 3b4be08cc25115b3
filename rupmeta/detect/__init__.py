"""Session-level alliance ratings → ruptures, repairs and classes of clients."""
