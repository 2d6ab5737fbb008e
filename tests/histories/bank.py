"""A payment service with books of its own, moods of cardholders, and lines that break."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import ClassVar, TypeVar
from uuid import UUID

from mobility.base.money import Money
from mobility.payments.ports import (
    Captured,
    CardPage,
    CardSaved,
    Declined,
    DisputeSeen,
    GatewayUnavailable,
    Held,
    HoldCaptured,
    HolderAsked,
    HoldGone,
    IntentSeen,
    Means,
    Refunded,
    RefundRefused,
    SavedCard,
    Seen,
    Told,
    WebhookForged,
)
from mobility.payments.rules.reconciliation import BalanceLine, Matter
from tests.histories.faults import Faults, Killed, Trouble

SIGNATURE = "signed by the bank"
Answer = TypeVar("Answer")


@dataclass
class Movement:
    """Money asked of a card: `waiting` for its holder, `held`, `captured`, or `given_up`."""

    reference: str
    key: str
    amount: Money
    state: str
    refunded_cents: int = 0

    @property
    def kept_cents(self) -> int:
        return self.amount.cents - self.refunded_cents if self.state == "captured" else 0


@dataclass
class Contest:
    """A dispute: `open`, `won` or `lost`."""

    reference: str
    movement: Movement
    state: str = "open"


@dataclass
class Bank:
    """A `PaymentGateway`. A customer's mood decides: `good` pays, `empty` has no money, `careful` wants to be asked."""

    faults: Faults
    movements: dict[str, Movement] = field(default_factory=dict)
    contests: dict[str, Contest] = field(default_factory=dict)
    moods: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    untold: list[Told] = field(default_factory=list)
    cards: dict[str, SavedCard] = field(default_factory=dict)
    answers: dict[str, object] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    name = "stripe"
    asks_for_cards = True
    minimum_cents: ClassVar[Mapping[str, int]] = {}

    @property
    def balance_cents(self) -> int:
        """What the bank holds for us."""
        taken_back = sum(c.movement.amount.cents for c in self.contests.values() if c.state != "won")
        return sum(movement.kept_cents for movement in self.movements.values()) - taken_back

    async def capture(
        self,
        *,
        key: str,
        amount: Money,
        account_id: UUID,
        means: Means | None,
        present_at: str | None = None,
        again: bool = False,
    ) -> Captured | Declined | HolderAsked:
        return self._asked(key, lambda: self._capture(key, amount, means, present_at))

    async def authorise(
        self,
        *,
        key: str,
        amount: Money,
        account_id: UUID,
        means: Means | None,
        present_at: str | None = None,
        again: bool = False,
    ) -> Held | Declined | HolderAsked:
        return self._asked(key, lambda: self._authorise(key, amount, means))

    async def capture_hold(self, *, key: str, reference: str, amount: Money) -> HoldCaptured | HoldGone:
        return self._asked(key, lambda: self._capture_hold(reference, amount))

    async def list_lines(self, *, since: datetime, until: datetime) -> list[BalanceLine] | None:
        return None

    async def find_line(self, matter: Matter, about: str) -> BalanceLine | None:
        return None

    async def abandon(self, reference: str) -> Captured | None:
        return self._asked(None, lambda: self._abandon(reference))

    async def refund(self, *, key: str, reference: str, amount: Money, again: bool = False) -> Refunded | RefundRefused:
        return self._asked(key, lambda: self._refund(reference, amount))

    async def open_customer(self, *, key: str, account_id: UUID) -> str:
        return self._asked(key, lambda: self._new("cus"))

    async def open_card_page(self, *, customer: str, return_url: str, locale: str) -> CardPage:
        page = self._asked(None, lambda: CardPage(self._new("page"), return_url))
        self.pages[page.reference] = customer
        return page

    async def forget_card(self, reference: str) -> None:
        return None

    def read_webhook(self, body: bytes, signature: str) -> Told:
        if signature != SIGNATURE:
            raise WebhookForged
        return Told(**json.loads(body))

    async def look_up(self, told: Told) -> list[Seen]:
        return self._asked(None, lambda: self._look_up(told))

    def save_card(self, page: str, mood: str) -> None:
        """The rider typed a card on the bank's page."""
        customer = self.pages.pop(page)
        self.moods[customer] = mood
        reference = self._new("card")
        self.cards[reference] = SavedCard(customer, reference, "visa", "4242", 12, 2034)
        self._tell("card", reference)

    def answer(self, movement: Movement, *, yes: bool) -> None:
        """A cardholder answered their bank."""
        if movement.state == "waiting":
            movement.state = "captured" if yes else "given_up"
            self._tell("movement", movement.reference)

    def contest(self, movement: Movement) -> None:
        contest = Contest(self._new("dispute"), movement)
        self.contests[contest.reference] = contest
        self._tell("dispute", contest.reference)

    def decide(self, contest: Contest, state: str) -> None:
        contest.state = state
        self._tell("dispute", contest.reference)

    def _asked(self, key: str | None, do: Callable[[], Answer]) -> Answer:
        trouble = self.faults.trouble()
        if trouble is Trouble.NOT_ASKED:
            raise GatewayUnavailable
        if trouble is Trouble.DIED_ASKING:
            raise Killed
        if key is None:
            answer = do()
        else:
            answer = self.answers.get(key) or do()  # type: ignore[assignment]  # what that key was answered before
            self.answers[key] = answer
        if trouble is Trouble.NOT_HEARD:
            raise GatewayUnavailable
        if trouble is Trouble.DIED_HEARING:
            raise Killed
        return answer

    def _capture(
        self, key: str, amount: Money, means: Means | None, present_at: str | None
    ) -> Captured | Declined | HolderAsked:
        mood = self.moods[means.customer] if means and means.card else "empty"
        if mood == "empty":
            return Declined("insufficient_funds")
        movement = Movement(self._new("pi"), key, amount, "captured" if mood == "good" else "waiting")
        self.movements[movement.reference] = movement
        if mood == "good":
            self._tell("movement", movement.reference)
            return Captured(movement.reference)
        return HolderAsked(movement.reference, f"https://bank.test/{movement.reference}")

    def _authorise(self, key: str, amount: Money, means: Means | None) -> Held | Declined:
        mood = self.moods[means.customer] if means and means.card else "empty"
        if mood != "good":
            return Declined("insufficient_funds")
        movement = Movement(self._new("pi"), key, amount, "held")
        self.movements[movement.reference] = movement
        return Held(movement.reference, None)

    def _capture_hold(self, reference: str, amount: Money) -> HoldCaptured | HoldGone:
        movement = self.movements[reference]
        if movement.state == "held":
            movement.state, movement.amount = "captured", amount
            self._tell("movement", reference)
        return HoldCaptured(reference, movement.amount) if movement.state == "captured" else HoldGone()

    def _abandon(self, reference: str) -> Captured | None:
        movement = self.movements[reference]
        if movement.state == "captured":
            return Captured(reference)
        movement.state = "given_up"
        return None

    def _refund(self, reference: str, amount: Money) -> Refunded | RefundRefused:
        movement = self.movements[reference]
        if any(contest.movement is movement for contest in self.contests.values()):
            return RefundRefused("charge_disputed")
        if amount.cents > movement.kept_cents:
            return RefundRefused("amount_too_large")
        movement.refunded_cents += amount.cents
        return Refunded(self._new("re"))

    def _look_up(self, told: Told) -> list[Seen]:
        match told.type:
            case "card":
                return [CardSaved(self.cards[told.object_id])]
            case "dispute":
                contest = self.contests[told.object_id]
                moved = contest.movement
                return [DisputeSeen(contest.reference, moved.reference, moved.amount, contest.state)]
        moved = self.movements[told.object_id]
        return [IntentSeen(moved.reference, moved.key, moved.amount, moved.state == "captured")]

    def _tell(self, kind: str, object_id: str) -> None:
        self.untold.append(Told(self._new("evt"), kind, object_id))

    def _new(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers)}"
