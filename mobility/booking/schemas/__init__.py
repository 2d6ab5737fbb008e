"""What the API says of vehicles around, holds, rides and their price."""
