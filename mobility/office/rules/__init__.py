"""Days in figures, and how what the staff did is told."""
