"""A small stateful Stripe for demos and tests, spoken to by the official SDK; imports nothing of the product.

Checked against Stripe's published example objects and documentation, not against Stripe: what it refuses, Stripe
refuses; what it does not have answers 404. See docs/decisions for why it exists.
"""
