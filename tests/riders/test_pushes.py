"""Messages to browsers, as a small push service gets them and a browser reads them."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.base.errors import SettingUnreadable
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.riders import service
from mobility.riders.rules.messages import GIVE_UP_AFTER, Message, Said
from mobility.riders.service import devices
from mobility.riders.tables import OutgoingMessage, OutgoingPush, PushDevice
from mobility.riders.tasks import KEEP_MESSAGES, deliver_messages, deliver_pushes, forget_old_messages
from mobility.riders.webpush import WebPusher, public_key
from tests.support.pushes import CONTACT, HERE, PUSH_KEY, BrowserWithPush, listening_browser
from tests.support.riders import Letterbox, person

REMINDER = Message(
    subject=Said(fr="Votre véhicule vous attend", en="Your vehicle is ready"),
    text=Said(fr="Bonjour,\n\nRappel : à 14 h.\n", en="Hello,\n\nReminder: at 14:00.\n"),
    opens="ahead",
    is_essential=False,
)
PUSHER = WebPusher.at(PUSH_KEY, CONTACT)


@pytest.fixture
def browser() -> Iterator[BrowserWithPush]:
    with listening_browser() as browser:
        yield browser


async def told(sessions: Sessions, clock: FixedClock, browser: BrowserWithPush, key: str = "r:1") -> UUID:
    async with transaction(sessions) as session:
        account = await person(session, clock)
        await devices.add(session, clock, account.id, new_id(), browser.device, (HERE,))
        await service.notify(session, clock, account.id, REMINDER, key=key)
    return account.id


async def rows(sessions: Sessions, table: type[PushDevice | OutgoingPush]) -> int:
    async with sessions() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_browser_reads_what_its_person_is_told_and_nobody_on_the_way_does(
    sessions: Sessions, clock: FixedClock, browser: BrowserWithPush
) -> None:
    await told(sessions, clock, browser)
    assert await deliver_pushes(sessions, clock, PUSHER) == 1
    assert await deliver_pushes(sessions, clock, PUSHER) == 0
    shown = {"key": "r:1", "title": "Votre véhicule vous attend", "body": "Rappel : à 14 h.", "opens": "ahead"}
    assert browser.shown == [shown]
    assert (browser.headers[0]["content-encoding"], browser.headers[0]["ttl"]) == ("aes128gcm", "86400")


async def test_a_push_service_that_is_down_is_asked_again_until_it_is_no_news_any_more(
    sessions: Sessions, clock: FixedClock, browser: BrowserWithPush
) -> None:
    await told(sessions, clock, browser)
    browser.answers = [500, 429]
    assert await deliver_pushes(sessions, clock, PUSHER) == 0
    assert await deliver_pushes(sessions, clock, PUSHER) == 0  # not before the minute is over
    clock.advance(timedelta(minutes=1))
    assert await deliver_pushes(sessions, clock, PUSHER) == 0
    clock.advance(timedelta(minutes=2))
    assert await deliver_pushes(sessions, clock, PUSHER) == 1
    await told(sessions, clock, browser, key="r:2")
    clock.advance(GIVE_UP_AFTER)
    browser.answers = [500]
    await deliver_pushes(sessions, clock, PUSHER)
    async with sessions() as session:
        given_up = (await session.scalars(select(OutgoingPush).where(OutgoingPush.given_up_at.is_not(None)))).one()
    assert (given_up.key, given_up.last_error) == ("r:2", "ConnectionError")
    clock.advance(KEEP_MESSAGES)
    async with transaction(sessions) as session:
        await forget_old_messages(session, clock)
    assert await rows(sessions, OutgoingPush) == 0


@pytest.mark.parametrize("answer", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten_with_what_was_on_its_way(
    sessions: Sessions, clock: FixedClock, browser: BrowserWithPush, answer: int
) -> None:
    await told(sessions, clock, browser)
    browser.answers = [answer]
    assert await deliver_pushes(sessions, clock, PUSHER) == 0
    assert (await rows(sessions, PushDevice), await rows(sessions, OutgoingPush)) == (0, 0)


async def test_what_a_push_service_will_never_take_is_given_up_at_once(
    sessions: Sessions, clock: FixedClock, browser: BrowserWithPush
) -> None:
    await told(sessions, clock, browser)
    browser.answers = [413]
    assert await deliver_pushes(sessions, clock, PUSHER) == 0
    async with sessions() as session:
        (push,) = (await session.scalars(select(OutgoingPush))).all()
    assert (push.last_error, push.given_up_at) == ("push_413", clock.now())


async def test_keys_of_the_right_length_that_are_none_are_forgotten_too(
    sessions: Sessions, clock: FixedClock, browser: BrowserWithPush
) -> None:
    account_id = await told(sessions, clock, browser)
    async with transaction(sessions) as session:
        device = (await session.scalars(select(PushDevice).filter_by(account_id=account_id))).one()
        device.p256dh = "B" + "A" * 86
    assert await deliver_pushes(sessions, clock, PUSHER) == 0
    assert await rows(sessions, PushDevice) == 0


async def test_who_wants_essential_letters_only_gets_reminders_on_their_devices_alone(
    sessions: Sessions, clock: FixedClock, browser: BrowserWithPush
) -> None:
    async with transaction(sessions) as session:
        account = await person(session, clock)
        await devices.choose(session, account.id, letters="essential", first="phone")
    await told(sessions, clock, browser)
    assert await deliver_messages(sessions, clock, Letterbox()) == 0
    assert await deliver_pushes(sessions, clock, PUSHER) == 1
    async with transaction(sessions) as session:
        kept = (await session.scalars(select(OutgoingMessage))).one()
        assert kept.last_error == "not_wanted"
        assert await service.count_given_up(session, clock.now() - timedelta(days=1)) == 0
        assert not await service.notify(session, clock, account.id, REMINDER, key="r:1")


async def test_letters_go_first_where_their_reader_wants_them(sessions: Sessions, clock: FixedClock) -> None:
    async with transaction(sessions) as session:
        account = await person(session, clock)
        account.phone = "+33612345678"
        await devices.choose(session, account.id, letters="all", first="phone")
        await service.notify(session, clock, account.id, REMINDER, key="r:1")
        letter = await service.lease_letter(session, clock)
    assert letter is not None
    assert letter.to == "+33612345678"


def test_a_key_that_is_none_stops_the_service_with_a_sentence() -> None:
    assert len(public_key(PUSH_KEY)) == 87
    with pytest.raises(SettingUnreadable, match="MOBILITY_PUSH_KEY must be"):
        WebPusher.at("not a key", CONTACT)
