"""Leave-one-out, cumulative, influence, subsets and draws: answers, figures and words."""
