"""Stations with sizes, money by the year and people to be fair to: what a council decides, in numbers alone."""
