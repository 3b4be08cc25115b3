"""From answers to figures: what is asked for, what it shows, how it is drawn."""
