"""What a ride costs, how long a hold lasts, which vehicles are near: plain values in, plain values out."""
