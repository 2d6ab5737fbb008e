"""What a plan says and what a ride by it costs: plain values in, plain values out."""
