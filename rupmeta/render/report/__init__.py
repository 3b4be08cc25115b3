"""The report folder: results.json first, everything else rendered from it."""
