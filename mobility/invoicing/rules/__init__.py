"""Decisions of invoicing: lines, totals, numbers."""
