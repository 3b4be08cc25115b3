"""Other models of one pooled answer: Bayesian, dependent effects, few studies."""
