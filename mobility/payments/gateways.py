from mobility.payments.local import LocalGateway
from mobility.payments.ports import PaymentGateway
from mobility.payments.stripe import StripeGateway


def choose_gateway(key: str, *, secret: str, base_url: str) -> PaymentGateway:
    """Stripe when there is a key for it, else the gateway without an outside."""
    return StripeGateway(key, secret=secret, base_url=base_url) if key else LocalGateway()
