"""The answer at a glance: every effect a dot, the pooled effect and what a new study may show below."""
