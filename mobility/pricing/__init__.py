"""What a ride costs: pricing plans as data, their versions, and the one function that prices."""
