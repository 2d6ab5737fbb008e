"""What is owed and to whom, as values."""
