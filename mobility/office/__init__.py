"""The operator's office: who may do what, what its staff did, and the service in figures by day."""
