"""Which alerts a vehicle deserves: pure decisions from a city's rules and what is known of the vehicle."""
