import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from mobility.base.money import Money
from mobility.payments.ports import Captured, Declined


class LocalGateway:
    """A gateway without an outside: every capture succeeds but for the accounts it is told to decline.

    The reference follows from the key alone, so a repeated key is the same movement.
    """

    name = "local"

    def __init__(self, declines: Mapping[UUID, str] = MappingProxyType({})) -> None:
        """`declines` gives the decline code of each account whose captures fail."""
        self._declines = declines

    async def capture(self, *, key: str, amount: Money, account_id: UUID) -> Captured | Declined:
        if code := self._declines.get(account_id):
            return Declined(code)
        return Captured(f"local_{hashlib.sha256(key.encode()).hexdigest()[:24]}")
