"""Moderators: answers, tables, figure and sentences."""
