"""Studies: place, play, compare."""
