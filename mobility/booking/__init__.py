"""The rider's story: find, quote, hold, ride, pause, end."""
