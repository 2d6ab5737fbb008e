"""A person's right to their data: what is held of them, a copy of it, and its erasure."""
