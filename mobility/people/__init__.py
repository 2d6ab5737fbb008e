"""Who lives where, and what they go to: a city's people and places, read from files that name their sources."""
