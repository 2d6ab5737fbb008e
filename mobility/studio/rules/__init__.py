"""What a drawing is, what may be asked for, and what is refused."""
