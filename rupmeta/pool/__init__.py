"""tau2, heterogeneity, inference and the fit."""
