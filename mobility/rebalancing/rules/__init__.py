"""The night's decisions: demand, places, sentences; plain numbers in and out."""
