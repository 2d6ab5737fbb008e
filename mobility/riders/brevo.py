from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from mobility.base.errors import SettingUnreadable
from mobility.riders.ports import Undeliverable
from mobility.riders.rules.messages import Letter

ANSWER_WITHIN_S = 10.0
SENDER_MAX = 11  # of letters and digits; what a phone shows in the place of a number
# What is wrong with this number or this text. A wrong key, an empty account and too many at once are repaired by us,
# and the message is tried again until then.
REFUSED_FOR_GOOD = frozenset({400, 404, 406, 422})


class BrevoDelivery:
    """A `Delivery` to phones by Brevo's transactional SMS [1]_; a letter's text alone goes, as one message or several.

    References
    ----------
    .. [1] https://developers.brevo.com/docs/transactional-sms-endpoints
    """

    def __init__(self, *, url: str, key: str, sender: str) -> None:
        self._url, self._sender = url, sender
        self._headers = {"api-key": key, "accept": "application/json"}

    @classmethod
    def at(cls, url: str) -> Self:
        """The API at `https://KEY@api.brevo.com/v3/transactionalSMS/send?from=name`, percent-encoded.

        Raises
        ------
        SettingUnreadable
            The URL names no host, no key or no sender of one to eleven letters and digits.
        """
        parts = urlsplit(url)
        key, sender = unquote(parts.username or ""), parse_qs(parts.query).get("from", [""])[0]
        is_named = sender.isascii() and sender.isalnum() and len(sender) <= SENDER_MAX
        if parts.scheme not in ("http", "https") or not (parts.hostname and key and is_named):
            raise SettingUnreadable(
                "MOBILITY_SMS_URL must be https://KEY@api.brevo.com/v3/transactionalSMS/send?from=name"
            )
        return cls(url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}", key=key, sender=sender)

    async def deliver(self, letter: Letter) -> None:
        sms = {
            "sender": self._sender,
            "recipient": letter.to.removeprefix("+"),
            "content": letter.text,
            "type": "transactional",
            "tag": str(letter.id),
            "unicodeEnabled": True,  # « ê » and « ’ » are in no SMS alphabet
        }
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S) as client:
            answer = await client.post(self._url, json=sms, headers=self._headers)
        if answer.status_code in REFUSED_FOR_GOOD:
            raise Undeliverable(f"sms_{answer.status_code}")
        if not answer.is_success:
            # The service's own words may quote the number.
            raise ConnectionError(f"sms_{answer.status_code}")
