"""What confounding would take: answer, figure and sentences."""
