"""Who may do what for a rider alone, and what takes two."""
