"""Risk of bias: answer and figures."""
