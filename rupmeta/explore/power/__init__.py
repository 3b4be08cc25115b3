"""Power of a meta-analysis: of its mean, its moderators, its test of heterogeneity, and of an update."""
