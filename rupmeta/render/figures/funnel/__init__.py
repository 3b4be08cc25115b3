"""The funnel plot."""
