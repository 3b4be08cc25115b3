"""An analysis beside published figures."""
