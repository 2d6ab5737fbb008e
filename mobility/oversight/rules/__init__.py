"""What may be published of rides, and what each figure means."""
