"""Who a request comes from and what that person may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit
from uuid import UUID

from mobility.base.errors import Forbidden, Unauthenticated

Role = Literal["resident", "operator", "crew", "city", "admin"]
GrantedRole = Literal["operator", "crew", "city", "admin"]
"""Roles that are given; everybody is a resident."""
GRANTED_ROLES: tuple[GrantedRole, ...] = get_args(GrantedRole)


class NotSignedIn(Unauthenticated):
    code = "not_signed_in"
    fr = "Connectez-vous d'abord."
    en = "Sign in first."


class RoleMissing(Forbidden):
    code = "role_missing"
    fr = "Votre compte n'a pas le rôle nécessaire ici : {role}."
    en = "Your account lacks the role this needs here: {role}."


class CrossSiteRequest(Forbidden):
    code = "cross_site_request"
    fr = "Cette demande vient d'un autre site : elle n'a pas été exécutée."
    en = "This request comes from another site: it was not carried out."


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person. A role's city None means every city; an admin may what every other role may.

    `guardian_id` is the parent who agrees to a minor's rides and pays for them.
    """

    account_id: UUID
    roles: frozenset[tuple[str, str | None]]
    locale: str
    guardian_id: UUID | None = None

    @property
    def payer_id(self) -> UUID:
        """Who pays for what this person begins now."""
        return self.guardian_id or self.account_id

    def has(self, role: Role, city_id: str | None) -> bool:
        """Whether the role is held in that city; for None, in every city."""
        return role == "resident" or any(
            held in (role, "admin") and held_in in (None, city_id) for held, held_in in self.roles
        )

    def has_somewhere(self, role: Role) -> bool:
        return role == "resident" or any(held in (role, "admin") for held, _ in self.roles)

    def cities(self, role: GrantedRole) -> frozenset[str] | None:
        """The cities in which the role is held; None for every city."""
        held = frozenset(city_id for held, city_id in self.roles if held in (role, "admin"))
        return None if None in held else frozenset(city_id for city_id in held if city_id is not None)

    def require(self, role: Role, city_id: str | None) -> None:
        """Raise `RoleMissing` unless the role is held in that city."""
        self.require_any((role,), city_id)

    def require_any(self, roles: Sequence[Role], city_id: str | None) -> None:
        """Raise `RoleMissing` unless one of the roles is held in that city."""
        if not any(self.has(role, city_id) for role in roles):
            raise RoleMissing(role=" / ".join(roles))


def same_origin(*, sec_fetch_site: str | None, origin: str | None, host: str | None) -> bool:
    """Whether an unsafe request comes from our own pages or from no browser at all.

    Browsers say `Sec-Fetch-Site` on trustworthy addresses and `Origin` on every unsafe request; who says neither is
    no browser, and nobody can make it send another person's cookie.

    References
    ----------
    .. [1] F. Valsorda (2025), Cross-Site Request Forgery; net/http.CrossOriginProtection of Go 1.25.
    """
    if sec_fetch_site is not None:
        return sec_fetch_site in ("same-origin", "none")
    if origin is None:
        return True
    try:
        return host is not None and urlsplit(origin).netloc == host
    except ValueError:  # no address at all, as `http://[`
        return False


def bearer_token(authorization: str | None) -> str | None:
    """The credentials of an `Authorization: Bearer …` header (RFC 6750)."""
    scheme, _, credentials = (authorization or "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None


def roles_held(rows: Iterable[tuple[str | None, str | None]]) -> frozenset[tuple[str, str | None]]:
    return frozenset((role, city_id) for role, city_id in rows if role is not None)
