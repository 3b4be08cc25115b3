"""``reproduce.R``: every headline number of ``results.json`` once more, by metafor."""
