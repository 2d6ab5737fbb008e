"""What the night plan's optimiser reaches: docs/rebalancing-benchmarks.md."""
