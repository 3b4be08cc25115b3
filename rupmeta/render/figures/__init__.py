"""Figures: laid out as data, then drawn."""
