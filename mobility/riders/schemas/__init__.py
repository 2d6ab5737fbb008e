"""What of people travels over HTTP."""
