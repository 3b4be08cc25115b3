"""GRADE: the numbers suggest, people rate; no code path writes a level."""
