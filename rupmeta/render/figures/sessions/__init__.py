"""Ratings by session, and the figures about rules."""
