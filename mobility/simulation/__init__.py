"""The city in memory: riders, vehicles, places and crews, event by event, without database or clock."""
