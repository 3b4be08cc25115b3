"""What may be missing: answer, tables, figures and sentences."""
