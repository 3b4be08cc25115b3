"""Fragility and models with heavy tails: answer and sentences."""
