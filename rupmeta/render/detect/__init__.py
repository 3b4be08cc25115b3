"""Ruptures and repairs in session ratings: answer, screen, figures and study file."""
