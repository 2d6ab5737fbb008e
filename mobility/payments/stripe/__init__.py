"""Stripe, by its official SDK."""

from mobility.payments.stripe.gateway import EVENTS, StripeGateway

__all__ = ["EVENTS", "StripeGateway"]
