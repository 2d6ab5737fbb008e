from pathlib import Path

from mobility.riders.mailbox import Mailbox
from mobility.riders.ports import Delivery
from mobility.riders.smtp import SmtpDelivery


def choose_delivery(smtp_url: str, mailbox: Path) -> Delivery:
    """The mail server where there is one, else the file; raises ValueError when the URL cannot be read."""
    return SmtpDelivery.at(smtp_url) if smtp_url else Mailbox(mailbox)
