"""Selects over the records of the rooms below; the office keeps none of its own."""
