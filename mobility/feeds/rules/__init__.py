"""What is published of a city and its fleet, and in which words: plain values in, documents out."""
