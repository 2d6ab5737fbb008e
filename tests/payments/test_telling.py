from collections.abc import Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.payments.events import AuthorisationDeclined, PaymentDeclined
from mobility.payments.rules.dunning import Remedy
from mobility.payments.rules.letters import authorisation_declined, payment_declined
from mobility.payments.subscribers import subscriptions, tell_booker, tell_payer
from mobility.riders.rules.messages import Message
from mobility.riders.service import lease_letter
from tests.support.riders import EMAIL, person


async def test_a_declined_payment_is_told_once_with_its_amount_and_the_way_back(
    session: AsyncSession, clock: FixedClock
) -> None:
    account = await person(session, clock)
    declined = PaymentDeclined(
        payment_id=new_id(),
        account_id=account.id,
        city_id="arcy",
        amount=Money(520, "EUR"),
        remedy=Remedy.CONFIRM,
        at=clock.now(),
    )
    assert subscriptions()[PaymentDeclined] == [tell_payer]
    for _ in range(2):
        await tell_payer(session, clock, declined)
    letter = await lease_letter(session, clock)
    assert letter is not None
    assert (letter.to, letter.subject) == (EMAIL, "Votre paiement n'a pas abouti")
    assert "5,20\u00a0€" in letter.text
    assert "Votre banque veut que vous le confirmiez" in letter.text
    assert await lease_letter(session, clock) is None


async def test_a_bank_that_keeps_nothing_ready_is_told_once(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    declined = AuthorisationDeclined(
        authorisation_id=new_id(),
        reference_id=new_id(),
        account_id=account.id,
        city_id="arcy",
        amount=Money(10_000, "EUR"),
        remedy=Remedy.OTHER_CARD,
        at=clock.now(),
    )
    assert subscriptions()[AuthorisationDeclined] == [tell_booker]
    for _ in range(2):
        await tell_booker(session, clock, declined)
    letter = await lease_letter(session, clock)
    assert letter is not None
    assert "100,00\u00a0€" in letter.text
    assert "Rien n'est débité avant le trajet" in letter.text
    assert await lease_letter(session, clock) is None


@pytest.mark.parametrize("letter", [payment_declined, authorisation_declined])
@pytest.mark.parametrize("remedy", Remedy)
def test_every_decline_says_what_to_do_in_both_languages_and_holds_no_link(
    remedy: Remedy, letter: Callable[[Money, Remedy], Message]
) -> None:
    message = letter(Money(520, "EUR"), remedy)
    assert "application" in message.text.fr or "app" in message.text.fr
    assert "the app" in message.text.en
    assert "http" not in message.text.fr + message.text.en
