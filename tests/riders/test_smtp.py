import smtplib
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from mobility.riders.deliveries import choose_delivery
from mobility.riders.mailbox import Mailbox
from mobility.riders.ports import Undeliverable
from mobility.riders.rules.messages import Attachment, Letter
from mobility.riders.smtp import SmtpDelivery
from tests.support.mail import post_office

PDF = Attachment(name="relevé.pdf", media_type="application/pdf", content=b"%PDF-1.7")
NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)


def letter(to: str = "camille@example.fr") -> Letter:
    return Letter(id=UUID(int=7), to=to, subject="Votre relevé", text="Bonjour à vous", at=NOW, attachments=(PDF,))


async def test_a_letter_arrives_whole_under_the_same_id_at_every_try() -> None:
    async with post_office() as office:
        delivery = SmtpDelivery.at(f"smtp://127.0.0.1:{office.port}?from=ville%40example.org")
        await delivery.deliver(letter())
        await delivery.deliver(letter())
    mail, again = office.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == ("ville@example.org", "camille@example.fr", "Votre relevé")
    assert mail["Message-ID"] == again["Message-ID"] == f"<{UUID(int=7)}@example.org>"
    body = mail.get_body()
    assert body is not None
    assert body.get_content().strip() == "Bonjour à vous"
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "relevé.pdf",
        "application/pdf",
        b"%PDF-1.7",
    )


async def test_an_address_that_does_not_exist_is_undeliverable_and_a_full_box_is_tried_again() -> None:
    async with post_office("550 camille@example.fr is unknown") as office:
        with pytest.raises(Undeliverable, match=r"^smtp_550$"):
            await SmtpDelivery.at(f"smtp://127.0.0.1:{office.port}?from=a@example.org").deliver(letter())
    async with post_office("452 camille@example.fr has no room") as office:
        with pytest.raises(smtplib.SMTPException, match=r"^smtp_452$"):
            await SmtpDelivery.at(f"smtp://127.0.0.1:{office.port}?from=a@example.org").deliver(letter())


async def test_no_mail_server_reaches_a_phone() -> None:
    with pytest.raises(Undeliverable, match=r"^no_way_to_phones$"):
        delivery = choose_delivery("smtps://mail.example?from=a@example.org", "", Path("mailbox"))
        await delivery.deliver(letter("+33612345678"))


async def test_a_password_is_not_told_without_tls() -> None:
    async with post_office() as office:
        delivery = SmtpDelivery.at(f"smtp://user:secret@127.0.0.1:{office.port}?from=a@example.org")
        with pytest.raises(smtplib.SMTPNotSupportedError, match="no TLS"):
            await delivery.deliver(letter())


@pytest.mark.parametrize(
    "url", ["https://mail.example?from=a@example.org", "smtps://mail.example", "smtps://?from=a@b"]
)
def test_an_address_of_the_mail_server_that_cannot_be_read_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="MOBILITY_SMTP_URL must be smtps://"):
        choose_delivery(url, "", Path("mailbox"))


def test_without_a_mail_server_and_an_sms_service_letters_lie_in_the_mailbox() -> None:
    assert isinstance(choose_delivery("", "", Path("mailbox")), Mailbox)
