"""Power of a planned meta-analysis, or of an update of one that is there."""
