"""A simulated street: vehicles that report and riders who ride, through the public HTTP API like any client."""
