"""The city's drawing table: scenarios drawn on the map, what they reach and cost, days replayed, reports printed."""
