"""What confounding would take."""
