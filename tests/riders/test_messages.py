from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.riders import service
from mobility.riders.ports import Undeliverable
from mobility.riders.rules.messages import ATTACHMENTS_MAX_BYTES, GIVE_UP_AFTER, Attachment, Letter, Message, Said
from mobility.riders.rules.profiles import UnknownAccount
from mobility.riders.tables import Account, OutgoingAttachment, OutgoingMessage
from mobility.riders.tasks import KEEP_MESSAGES, deliver_messages, forget_old_messages
from tests.support.riders import EMAIL, Letterbox, person

PDF = Attachment(name="june.pdf", media_type="application/pdf", content=b"%PDF-1.7")
HELLO = Message(
    subject=Said(fr="Bonjour", en="Hello"), text=Said(fr="À bientôt", en="See you soon"), attachments=(PDF,)
)


class BrokenPost:
    """A `Delivery` that never succeeds."""

    def __init__(self, error: Exception) -> None:
        self.error, self.tries = error, 0

    async def deliver(self, letter: Letter) -> None:
        self.tries += 1
        raise self.error


async def told(sessions: Sessions, clock: FixedClock, key: str = "hello:1") -> Account:
    async with transaction(sessions) as session:
        account = await person(session, clock)
        await service.notify(session, clock, account.id, HELLO, key=key)
    return account


async def message(sessions: Sessions) -> OutgoingMessage:
    async with sessions() as session:
        return (await session.scalars(select(OutgoingMessage))).one()


async def count(session: AsyncSession, table: type[OutgoingMessage | OutgoingAttachment]) -> int:
    return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_person_is_told_once_in_their_language_with_the_files(sessions: Sessions, clock: FixedClock) -> None:
    await told(sessions, clock)
    letterbox = Letterbox()
    assert await deliver_messages(sessions, clock, letterbox) == 1
    assert await deliver_messages(sessions, clock, letterbox) == 0
    (letter,) = letterbox.messages
    assert (letter.to, letter.subject, letter.text, letter.attachments) == (EMAIL, "Bonjour", "À bientôt", (PDF,))
    async with sessions() as session:
        assert await count(session, OutgoingAttachment) == 0


async def test_what_is_told_twice_under_one_key_is_told_once(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    assert await service.notify(session, clock, account.id, HELLO, key="hello:1")
    assert not await service.notify(session, clock, account.id, HELLO, key="hello:1")
    assert await count(session, OutgoingMessage) == 1


async def test_an_english_reader_without_email_is_told_in_english_by_phone(
    session: AsyncSession, clock: FixedClock
) -> None:
    account = await person(session, clock, "+33612345678")
    await service.update_profile(session, clock, account.id, locale="en")
    await service.notify(session, clock, account.id, HELLO, key="hello:1")
    letter = await service.lease_letter(session, clock)
    assert letter is not None
    assert (letter.to, letter.text) == ("+33612345678", "See you soon")


async def test_nobody_is_told_what_a_rolled_back_transaction_wrote(sessions: Sessions, clock: FixedClock) -> None:
    async with sessions() as session:
        account = await person(session, clock)
        await service.notify(session, clock, account.id, HELLO, key="hello:1")
    assert await deliver_messages(sessions, clock, Letterbox()) == 0


async def test_an_account_that_does_not_exist_cannot_be_told_anything(session: AsyncSession, clock: FixedClock) -> None:
    with pytest.raises(UnknownAccount):
        await service.notify(session, clock, new_id(), HELLO, key="hello:1")


async def test_a_mail_server_that_is_down_is_asked_again_with_the_same_letter(
    sessions: Sessions, clock: FixedClock
) -> None:
    await told(sessions, clock)
    broken, letterbox = BrokenPost(OSError("camille@example.fr")), Letterbox()
    for _ in range(3):
        assert await deliver_messages(sessions, clock, broken) == 0
    assert broken.tries == 1
    assert (await message(sessions)).last_error == "OSError"
    clock.advance(timedelta(minutes=1))
    assert await deliver_messages(sessions, clock, letterbox) == 1
    assert letterbox.messages[0].id == (await message(sessions)).id


async def test_a_letter_is_leased_to_one_worker_until_the_lease_ends(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    await service.notify(session, clock, account.id, HELLO, key="hello:1")
    first = await service.lease_letter(session, clock)
    assert await service.lease_letter(session, clock) is None
    clock.advance(timedelta(minutes=1))
    assert await service.lease_letter(session, clock) == first


@pytest.mark.parametrize(
    ("error", "after"), [(Undeliverable("smtp_550"), timedelta(0)), (OSError(), GIVE_UP_AFTER)], ids=["refused", "old"]
)
async def test_what_no_try_would_bring_and_what_is_no_news_any_more_is_given_up(
    sessions: Sessions, clock: FixedClock, error: Exception, after: timedelta
) -> None:
    await told(sessions, clock)
    clock.advance(after)
    broken = BrokenPost(error)
    await deliver_messages(sessions, clock, broken)
    clock.advance(timedelta(days=1))
    await deliver_messages(sessions, clock, broken)
    assert broken.tries == 1
    assert (await message(sessions)).given_up_at is not None


async def test_what_people_were_told_is_forgotten_after_a_month(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    await service.notify(session, clock, account.id, HELLO, key="hello:1")
    clock.advance(KEEP_MESSAGES)
    assert await forget_old_messages(session, clock) == 0
    clock.advance(timedelta(seconds=1))
    assert await forget_old_messages(session, clock) == 1
    assert await count(session, OutgoingAttachment) == 0


def test_files_that_no_mail_server_takes_are_refused_where_they_are_made() -> None:
    film = Attachment(name="film", media_type="video/mp4", content=b" " * (ATTACHMENTS_MAX_BYTES + 1))
    with pytest.raises(ValueError, match="do not arrive"):
        Message(subject=HELLO.subject, text=HELLO.text, attachments=(film,))
