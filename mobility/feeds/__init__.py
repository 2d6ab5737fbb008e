"""What others may see: the GBFS feeds, and checks that any GBFS feed can be put to."""
