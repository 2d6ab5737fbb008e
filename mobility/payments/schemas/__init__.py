"""What payments say and hear over HTTP."""
