"""Sentences as claims: each says which numbers it needs and when it holds; no other sentence is written."""
