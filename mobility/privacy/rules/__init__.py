"""What is held of people, and when it may be forgotten."""
