"""Risk of bias: traffic light and summary."""
