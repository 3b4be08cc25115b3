"""The stages as functions for Python and notebooks; ``rupmeta`` hands them out by name when they are used."""
