"""Mobility Data Specification 2.0: the operator's side, the city's side, and who keeps to the permit."""
