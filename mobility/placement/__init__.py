"""Where stations go: so far the optimiser that chooses sites."""
