"""Stations by numbers alone: an instance in, a plan with its lower bound out, checked without the solver."""
