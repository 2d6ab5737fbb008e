"""The night plan: swaps, moves and charging of named vehicles by crews with shifts, and what no plan undercuts."""
