"""Where stations go: studies that choose sites, play them and print what came of it."""
