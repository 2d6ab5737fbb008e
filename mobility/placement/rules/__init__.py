"""What a study asks and what it answers, as plain data and the arithmetic between."""
