"""What: vehicle types, vehicles, their states and events."""
