"""Power: answer, figure and page."""
