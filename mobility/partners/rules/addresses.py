"""Where webhooks may go: to the public internet (OWASP API7, server-side request forgery)."""

from ipaddress import IPv6Network, ip_address
from urllib.parse import urlsplit

from mobility.base.errors import Invalid

URL_MAX = 500
# Translated to IPv4 on the way, private addresses too (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")


class WebhookAddressRefused(Invalid):
    code = "webhook_address_refused"
    fr = "Une adresse https d'Internet, sans nom ni mot de passe, est nécessaire."
    en = "An https address of the public internet is needed, without a name and a password in it."


def check_url(url: str, *, private: bool) -> None:
    """Raise for an address that no webhook may have; where its host leads is checked at each attempt.

    Parameters
    ----------
    private
        Whether private addresses, and http, will do.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise WebhookAddressRefused from None
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None or parts.fragment:
        raise WebhookAddressRefused
    if not private and _is_literal(parts.hostname) and not is_public(parts.hostname):
        raise WebhookAddressRefused


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; what is mapped or tunnelled into IPv6 is not."""
    parsed = ip_address(address.partition("%")[0])
    if parsed.version == 6 and (parsed.ipv4_mapped or parsed.sixtofour or parsed.teredo or parsed in TRANSLATED):
        return False
    return parsed.is_global and not parsed.is_multicast


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
