"""The L'Abbé plot."""
