from random import Random
from urllib.parse import parse_qs

import httpx
import pytest

from mobility.street import wallet
from mobility.street.client import Client, Refused
from mobility.street.rider import ASKS_HOLDER, DECLINED_LATER, FIRST_CARDS, GOOD_CARD, first_card
from mobility.street.tally import Tally
from mobility.street.wallet import Wallet

PAGE, BANK = "http://bank.test/page", "http://bank.test/authenticate/1"


class Bank:
    """The service and the payment service's pages behind it, for one rider."""

    def __init__(self, *, needed=True, plain=True):
        self.needed, self.plain = needed, plain
        self.cards, self.answers, self.payments = [], [], {}

    def __call__(self, request):
        path, form = request.url.path, parse_qs(request.content.decode())
        if request.url.host == "bank.test":
            return self.page(path, form)
        match request.method, path.split("/")[2:]:
            case "GET", ["me", "cards"]:
                return httpx.Response(200, json={"needed": self.needed, "items": self.cards})
            case "POST", ["me", "cards"]:
                return httpx.Response(200, json={"url": PAGE})
            case "GET", ["payments"]:
                return httpx.Response(200, json={"items": list(self.payments.values())})
            case "GET", ["payments", name]:
                return httpx.Response(200, json=self.payments[name])
            case "POST", ["payments", name, "pay"]:
                self.pay(self.payments[name])
                return httpx.Response(202, json=self.payments[name])

    def page(self, path, form):
        if not self.plain:
            return httpx.Response(405)
        if path == "/page":
            self.cards.append(form["number"][0])
            asks = form["number"][0] == ASKS_HOLDER
            return httpx.Response(303, headers={"location": BANK if asks else "http://app.test/"})
        self.answers.append(form["answer"][0])
        for payment in self.payments.values():
            payment |= {"state": "captured", "action_url": None}
        return httpx.Response(303, headers={"location": "http://app.test/"})

    def pay(self, payment):
        if self.cards[-1] == GOOD_CARD:
            payment |= {"state": "captured"}
        elif payment["remedy"] == "confirm":
            payment |= {"action_url": BANK}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(wallet, "LOOK_EVERY_S", 0)


def wallet_of(bank, tally, card=GOOD_CARD):
    http = httpx.AsyncClient(transport=httpx.MockTransport(bank), base_url="http://app.test")
    return Wallet(Client(http), http, tally, first_card=card)


def declined(remedy):
    return {"id": "p1", "state": "declined", "remedy": remedy, "action_url": None}


async def test_a_rider_saves_a_card_once_where_one_is_needed():
    bank, tally = Bank(), Tally()
    for _ in range(2):
        await wallet_of(bank, tally).open()
    assert (bank.cards, tally.cards_saved) == ([GOOD_CARD], 1)
    await wallet_of(Bank(needed=False), tally).open()
    assert tally.cards_saved == 1


async def test_a_rider_whose_bank_asks_says_that_it_is_them():
    bank = Bank()
    await wallet_of(bank, Tally(), ASKS_HOLDER).open()
    assert bank.answers == ["yes"]


async def test_a_page_that_is_no_plain_form_is_left_alone():
    with pytest.raises(Refused) as refused:
        await wallet_of(Bank(plain=False), Tally()).open()
    assert refused.value.code == "card_page_unreadable"


@pytest.mark.parametrize(
    ("first", "remedy", "cards"),
    [(DECLINED_LATER, "wait", 2), (DECLINED_LATER, "other_card", 2), (ASKS_HOLDER, "confirm", 1)],
)
async def test_a_declined_ride_is_settled_as_its_remedy_says(first, remedy, cards):
    bank, tally = Bank(), Tally()
    mine = wallet_of(bank, tally, first)
    await mine.open()
    bank.payments["p1"] = declined(remedy)
    await mine.settle()
    assert (bank.payments["p1"]["state"], tally.debts_settled, len(bank.cards)) == ("captured", 1, cards)


def test_most_first_cards_are_good_and_the_same_for_the_same_seed():
    cards = [first_card(Random(number)) for number in range(500)]
    assert cards == [first_card(Random(number)) for number in range(500)]
    assert set(cards) == set(FIRST_CARDS)
    assert cards.count(GOOD_CARD) > 350
