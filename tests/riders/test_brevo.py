from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.riders import service
from mobility.riders.brevo import BrevoDelivery
from mobility.riders.deliveries import choose_delivery
from mobility.riders.ports import Undeliverable
from mobility.riders.rules.messages import Letter, Message, Said
from mobility.riders.tables import OutgoingMessage
from mobility.riders.tasks import deliver_messages
from tests.support.mail import post_office
from tests.support.riders import OpenGate, person
from tests.support.sms import sms_service

PHONE, NOW = "+33612345678", datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
HELLO = Message(subject=Said(fr="Bonjour", en="Hello"), text=Said(fr="À bientôt, peut-être", en="See you soon"))


def letter(to: str = PHONE) -> Letter:
    return Letter(id=UUID(int=7), to=to, subject="Bonjour", text="À bientôt, peut-être", at=NOW)


async def test_a_letter_to_a_phone_goes_as_its_text_alone() -> None:
    async with sms_service() as sms:
        await BrevoDelivery.at(sms.url).deliver(letter())
    assert sms.sent == [
        {
            "sender": "Lakeport",
            "recipient": "33612345678",
            "content": "À bientôt, peut-être",
            "type": "transactional",
            "tag": str(UUID(int=7)),
            "unicodeEnabled": True,
        }
    ]


async def test_a_number_that_is_refused_is_undeliverable() -> None:
    async with sms_service(400) as sms:
        with pytest.raises(Undeliverable, match=r"^sms_400$"):
            await BrevoDelivery.at(sms.url).deliver(letter())


@pytest.mark.parametrize("status", [401, 402, 429, 500, 503])
async def test_what_is_not_the_number_s_fault_is_tried_again_and_names_nobody(status: int) -> None:
    async with sms_service(status) as sms:
        with pytest.raises(ConnectionError, match=f"^sms_{status}$"):
            await BrevoDelivery.at(sms.url).deliver(letter())


async def test_a_wrong_key_is_refused_by_the_service_and_the_message_waits_for_the_right_one() -> None:
    async with sms_service() as sms:
        with pytest.raises(ConnectionError, match=r"^sms_401$"):
            await BrevoDelivery.at(sms.url.replace("secret", "other")).deliver(letter())


async def test_a_service_that_cannot_be_reached_is_tried_again() -> None:
    async with sms_service() as sms:
        url = sms.url
    with pytest.raises(httpx.ConnectError):
        await BrevoDelivery.at(url).deliver(letter())


async def test_a_message_to_a_phone_is_tried_again_until_the_service_takes_it(
    sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        account = await person(session, clock, PHONE)
        await service.notify(session, clock, account.id, HELLO, key="hello:1")
    async with sms_service(503, 429) as sms:
        delivery = choose_delivery("", sms.url, Path("mailbox"))
        assert [await _a_minute_later(sessions, clock, delivery) for _ in range(3)] == [0, 0, 1]
    assert [each["recipient"] for each in sms.sent] == ["33612345678"]
    async with sessions() as session:
        message = (await session.scalars(select(OutgoingMessage))).one()
        assert (message.attempts, message.sent_at, message.last_error) == (3, clock.now(), None)


async def _a_minute_later(sessions: Sessions, clock: FixedClock, delivery: object) -> int:
    clock.advance(timedelta(minutes=2))
    return await deliver_messages(sessions, clock, delivery)  # type: ignore[arg-type]


async def test_somebody_signs_in_with_a_phone_and_the_code_of_an_sms(sessions: Sessions, clock: FixedClock) -> None:
    gate = OpenGate()
    async with sms_service() as sms:
        delivery = choose_delivery("", sms.url, Path("mailbox"))
        async with transaction(sessions) as session:
            asked = {"address": PHONE, "locale": "fr", "ip": "192.0.2.7"}
            request = await service.request_code(session, clock, gate, delivery, **asked)
    (told,) = sms.sent
    code = told["content"].split("code : ")[1][:6]
    async with transaction(sessions) as session:
        signed_in = await service.sign_in(session, clock, gate, request_id=request.id, code=code, ip="192.0.2.7")
    assert (signed_in.account.phone, signed_in.account.email) == (PHONE, None)


async def test_letters_go_by_mail_or_by_sms_as_their_address_says() -> None:
    async with post_office() as office, sms_service() as sms:
        delivery = choose_delivery(f"smtp://127.0.0.1:{office.port}?from=a@example.org", sms.url, Path("mailbox"))
        await delivery.deliver(letter())
        await delivery.deliver(letter("camille@example.fr"))
    assert ([mail["To"] for mail in office.mails], len(sms.sent)) == (["camille@example.fr"], 1)


async def test_without_a_mail_server_no_sms_service_reaches_an_e_mail_address() -> None:
    async with sms_service() as sms:
        with pytest.raises(Undeliverable, match=r"^no_way_to_mail$"):
            await choose_delivery("", sms.url, Path("mailbox")).deliver(letter("camille@example.fr"))


@pytest.mark.parametrize(
    "url",
    [
        "https://api.brevo.com/v3/transactionalSMS/send?from=Lakeport",
        "https://key@api.brevo.com/v3/transactionalSMS/send",
        "https://key@api.brevo.com/v3/transactionalSMS/send?from=LakeportTownHall",
        "smtps://key@api.brevo.com?from=Lakeport",
    ],
    ids=["no key", "no sender", "long sender", "no http"],
)
def test_an_address_of_the_sms_service_that_cannot_be_read_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="MOBILITY_SMS_URL must be https://KEY@"):
        choose_delivery("", url, Path("mailbox"))
