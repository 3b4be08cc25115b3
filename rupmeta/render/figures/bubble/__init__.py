"""Effects against a numeric moderator."""
