"""Radial, drapery and orchard plots."""
