"""Words every part of the service shares; standard library only."""
