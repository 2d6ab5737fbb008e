"""What the API says of prices."""
