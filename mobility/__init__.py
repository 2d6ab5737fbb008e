"""Shared electric mopeds and cars for a mid-size city."""
