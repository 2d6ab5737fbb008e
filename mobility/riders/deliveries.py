from pathlib import Path

from mobility.riders.brevo import BrevoDelivery
from mobility.riders.mailbox import Mailbox
from mobility.riders.ports import Delivery, Undeliverable
from mobility.riders.rules.addresses import is_email
from mobility.riders.rules.messages import Letter
from mobility.riders.smtp import SmtpDelivery


class ByAddress:
    """A `Delivery` to e-mail addresses by one way and to phones by another; where there is none nobody is reached."""

    def __init__(self, *, mail: Delivery | None, phone: Delivery | None) -> None:
        self._mail, self._phone = mail, phone

    async def deliver(self, letter: Letter) -> None:
        way, kind = (self._mail, "mail") if is_email(letter.to) else (self._phone, "phones")
        if way is None:
            raise Undeliverable(f"no_way_to_{kind}")
        await way.deliver(letter)


def choose_delivery(smtp_url: str, sms_url: str, mailbox: Path) -> Delivery:
    """The mail server and the SMS service that there are, else the file; raises `SettingUnreadable`."""
    if not (smtp_url or sms_url):
        return Mailbox(mailbox)
    return ByAddress(
        mail=SmtpDelivery.at(smtp_url) if smtp_url else None, phone=BrevoDelivery.at(sms_url) if sms_url else None
    )
