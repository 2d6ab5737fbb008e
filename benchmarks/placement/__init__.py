"""What the placement optimiser reaches: docs/placement-benchmarks.md."""
