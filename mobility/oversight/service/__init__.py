"""Weeks made once and never changed, and what the city's page shows of them."""
