"""Results → layouts, tables and documents; knows nothing of how numbers were computed."""
