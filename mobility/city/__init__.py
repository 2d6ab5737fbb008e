"""Where: the city file, zones, stations and parking rules."""
