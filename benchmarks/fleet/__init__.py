"""Benchmarks of the fleet."""
