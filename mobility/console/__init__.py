"""What the operator's console reads across the domains: a vehicle's whole story, what it earned, anything by a word."""
