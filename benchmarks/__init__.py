"""Measured against peers and limits; never timed inside tests."""
