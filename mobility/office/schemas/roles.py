from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self, cast
from uuid import UUID

from msgspec import Meta, Struct

from mobility.riders.queries.roles import Held
from mobility.riders.rules.access import GrantedRole

Why = Annotated[str, Meta(min_length=3, max_length=300, description="Why; kept with who did it and when")]


class RoleGrant(Struct, kw_only=True, forbid_unknown_fields=True):
    email: Annotated[str, Meta(max_length=254, description="What they sign in with; an account is made if need be")]
    role: GrantedRole
    reason: Why


class RoleWithdrawal(Struct, kw_only=True, forbid_unknown_fields=True):
    reason: Why


class HeldRole(Struct, kw_only=True):
    id: UUID
    role: GrantedRole
    everywhere: Annotated[bool, Meta(description="Counts in every city, and is withdrawn by none")]
    account_id: UUID
    name: Annotated[str, Meta(description="Empty: not told")]
    address: Annotated[str, Meta(description="E-mail or phone number that they sign in with")]
    given_at: Annotated[datetime | None, Meta(description="null: before roles were written down")]
    given_by: Annotated[str | None, Meta(description="Who gave it; null: the service itself")]
    reason: str | None

    @classmethod
    def of(cls, held: Held, names: Mapping[UUID, str]) -> Self:
        return cls(
            id=held.id,
            role=cast("GrantedRole", held.role),
            everywhere=held.city_id is None,
            account_id=held.account_id,
            name=held.name,
            address=held.email or held.phone or "",
            given_at=held.given_at,
            given_by=names.get(held.given_by) if held.given_by else None,
            reason=held.reason,
        )


class RoleList(Struct, kw_only=True):
    """In the order they were given."""

    items: Sequence[HeldRole]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]
