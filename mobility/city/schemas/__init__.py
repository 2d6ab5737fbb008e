"""What the API says of cities."""
