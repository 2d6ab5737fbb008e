"""Money that riders' banks keep ready for rides to come: placed by a worker, captured by a charge or released."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.db import outbox
from mobility.payments import queries
from mobility.payments.events import AuthorisationDeclined, AuthorisationPlaced
from mobility.payments.ports import Captured, Declined, Held, HolderAsked, HoldSeen, Means
from mobility.payments.rules import dunning
from mobility.payments.rules.holds import renew_at
from mobility.payments.rules.refusals import AuthorisationNotDeclined
from mobility.payments.rules.retries import retry_at
from mobility.payments.tables import Authorisation


async def authorise(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    city_id: str,
    reference_id: UUID,
    amount: Money,
    place_at: datetime,
    until: datetime,
) -> Authorisation:
    """Plan to have `amount` kept ready from `place_at` to `until`; a reference has one authorisation, the first.

    What became of it is told by `AuthorisationPlaced` or `AuthorisationDeclined`.
    """
    row = upsert(Authorisation).values(
        id=new_id(),
        account_id=account_id,
        city_id=city_id,
        reference_id=reference_id,
        amount_cents=amount.cents,
        currency=amount.currency,
        place_at=place_at,
        until=until,
        due_at=place_at,
        created_at=clock.now(),
    )
    await session.execute(row.on_conflict_do_nothing(index_elements=["reference_id"]))
    return await queries.get_authorisation(session, reference_id)


async def release_authorisation(session: AsyncSession, clock: Clock, reference_id: UUID | None) -> None:
    """Nothing will be charged: the rider's bank may let go. Releasing again, or nothing, changes nothing."""
    found = await queries.lock_authorisation_of(session, reference_id) if reference_id else None
    if found is not None and found.state in ("waiting", "placed", "declined"):
        let_go(found, clock.now())
        await session.flush()


async def begin_capture(session: AsyncSession, clock: Clock, reference_id: UUID | None) -> UUID | None:
    """The authorisation whose money a charge takes; None, and it is let go, when nothing is ready."""
    found = await queries.lock_authorisation_of(session, reference_id) if reference_id else None
    if found is None or found.state != "placed":
        await release_authorisation(session, clock, reference_id)
        return None
    found.state = "capturing"
    return found.id


def let_go(held: Authorisation, now: datetime) -> None:
    """Not wanted any more. What is being asked for may be there: its answer, or the same question again, will tell."""
    held.wanted = False
    if held.state == "waiting" and held.attempts:
        return
    if held.gateway_reference or held.open_reference:
        held.state, held.due_at, held.attempts = "releasing", now, 0
    else:
        held.state, held.settled_at = "released", now
    held.decline_code = held.action_url = None


@dataclass(frozen=True, slots=True)
class HoldDue:
    """An authorisation leased to one worker.

    `given_up` is a movement that is abandoned first; when all is `over`, nothing is asked afterwards.
    """

    authorisation_id: UUID
    account_id: UUID
    amount: Money
    tries: int
    means: Means | None
    present_at: str | None
    given_up: str | None
    over: bool
    again: bool

    @property
    def key(self) -> str:
        """What the gateway knows this try by, however often it is asked."""
        return key_of(self.authorisation_id, self.tries)


def key_of(authorisation_id: UUID, tries: int) -> str:
    return f"authorisation:{authorisation_id}:{tries}"


async def lease_hold(session: AsyncSession, clock: Clock, *, gateway: str) -> HoldDue | None:
    """Take the authorisation that is due longest; without an answer it is due again when the lease ends."""
    held = await queries.lock_next_hold(session, clock.now())
    if held is None:
        return None
    held.attempts += 1
    held.due_at = retry_at(clock.now(), attempts=held.attempts)
    return HoldDue(
        held.id,
        held.account_id,
        Money(held.amount_cents, held.currency),
        held.tries,
        await queries.find_means(session, held.account_id, gateway=gateway),
        held.present_at,
        held.gateway_reference or held.open_reference,
        over=held.state == "releasing",
        again=held.attempts > 1,
    )


async def record_hold(
    session: AsyncSession, clock: Clock, due: HoldDue, answer: Held | Declined | HolderAsked | Captured | None
) -> bool:
    """Write down the gateway's answer (None: what was held is released); False if that was done before."""
    held = await queries.lock_authorisation(session, due.authorisation_id)
    if held.tries != due.tries or held.state not in ("waiting", "releasing"):
        return False
    match answer:
        case Held():
            await placed(session, clock, held, answer)
        case HolderAsked(reference, url):
            held.open_reference, held.action_url = reference, url
            await _decline(session, clock, held, dunning.AUTHENTICATION_REQUIRED)
        case Declined(code):
            held.open_reference = held.action_url = None
            await _decline(session, clock, held, code)
        case _:
            held.state, held.settled_at = "released", clock.now()
    await session.flush()
    return True


async def placed(session: AsyncSession, clock: Clock, held: Authorisation, answer: Held) -> None:
    """The money is ready, and is let go if it is not wanted any more. The caller holds the row's lock."""
    held.state, held.gateway_reference, held.expires_at = "placed", answer.reference, answer.expires_at
    held.renew_at = renew_at(clock.now(), expires_at=answer.expires_at, needed_until=held.until)
    held.open_reference = held.action_url = held.present_at = held.decline_code = None
    if not held.wanted:
        let_go(held, clock.now())
        return
    told = AuthorisationPlaced(
        authorisation_id=held.id,
        reference_id=held.reference_id,
        account_id=held.account_id,
        city_id=held.city_id,
        amount=Money(held.amount_cents, held.currency),
        expires_at=held.expires_at,
        at=clock.now(),
    )
    await outbox.record(session, clock, told)


async def hold_seen(session: AsyncSession, clock: Clock, held: Authorisation, seen: HoldSeen) -> None:
    """What the gateway told of a hold by itself: its holder answered their bank, or the bank let go of it.

    What is being captured or released is looked into by the worker that does so.
    """
    asked_now = seen.key == key_of(held.id, held.tries)
    if seen.held and asked_now and held.state in ("waiting", "declined"):
        await placed(session, clock, held, Held(seen.reference, seen.expires_at))
    elif not seen.held and held.state == "placed" and seen.reference == held.gateway_reference:
        (let_go if held.until <= clock.now() else ask_again)(held, clock.now())
    await session.flush()


async def _decline(session: AsyncSession, clock: Clock, held: Authorisation, code: str) -> None:
    held.state, held.decline_code, held.attempts = "declined", code, 0
    if not held.wanted:
        let_go(held, clock.now())
        return
    told = AuthorisationDeclined(
        authorisation_id=held.id,
        reference_id=held.reference_id,
        account_id=held.account_id,
        city_id=held.city_id,
        amount=Money(held.amount_cents, held.currency),
        remedy=dunning.remedy(code),
        at=clock.now(),
    )
    await outbox.record(session, clock, told)


async def place_again(
    session: AsyncSession, clock: Clock, *, account_id: UUID, authorisation_id: UUID, present_at: str
) -> Authorisation:
    """The rider is there and wants a declined hold tried again now, with the card they saved last.

    Raises
    ------
    UnknownAuthorisation, AuthorisationNotDeclined
    """
    held = await queries.lock_own_authorisation(session, authorisation_id, account_id)
    if held.state in ("waiting", "placed"):
        return held
    if held.state != "declined":
        raise AuthorisationNotDeclined(state=held.state)
    ask_again(held, clock.now())
    held.present_at = present_at
    await session.flush()
    return held


def ask_again(held: Authorisation, now: datetime) -> None:
    """A new try, after whatever is still open of the one before is given up."""
    held.open_reference = held.gateway_reference or held.open_reference
    held.state, held.due_at, held.attempts, held.tries = "waiting", now, 0, held.tries + 1
    held.gateway_reference = held.expires_at = held.renew_at = None
    held.decline_code = held.action_url = held.present_at = None


async def keep_authorisations(session: AsyncSession, clock: Clock) -> int:
    """Renew holds that end before they are needed, let go of those that nobody needs any more; how many."""
    now = clock.now()
    touched = await queries.lock_ending_holds(session, now)
    for held in touched:
        if held.until <= now:
            let_go(held, now)
        else:
            ask_again(held, now)
    await session.flush()
    return len(touched)
