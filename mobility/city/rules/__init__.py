"""What a city file may say, and where a ride may end: pure decisions on plain values."""
