"""Every defensible specification: answer, figure and words."""
