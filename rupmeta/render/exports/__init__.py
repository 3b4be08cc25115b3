"""A review in the forms that other programs read."""
