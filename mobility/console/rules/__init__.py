"""How a story is read on, and what words may mean."""
