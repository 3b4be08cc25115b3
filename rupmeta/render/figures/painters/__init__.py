"""Painters: a layout becomes matplotlib's files, SVG or text; none takes a decision."""
