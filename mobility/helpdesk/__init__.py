"""What the service's people do for riders: look, end, correct, give back; each time with a reason."""
