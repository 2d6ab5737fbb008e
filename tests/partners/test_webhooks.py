"""Webhooks from the database to a server that answers, fails, hangs or goes away."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook as Standard

from mobility.db.session import Sessions, transaction
from mobility.fleet.tables import Vehicle
from mobility.partners.httpx import HttpSender
from mobility.partners.rules.trying import ATTEMPTS_MAX, LONGEST_WAIT, Outcome
from mobility.partners.service import sending
from mobility.partners.tables import Webhook
from mobility.partners.tasks import MESSAGES_KEPT, forget_messages
from mobility.riders.tables import OutgoingMessage
from tests.booking.conftest import PublicIds
from tests.partners.conftest import Ferries
from tests.support.catchers import RECEIVED, Catcher, answer
from tests.support.desks import Desk
from tests.support.rides import LIGHTHOUSE, Phone, refusal

NOTICE = {
    "kind": "other",
    "summary": {"en": "The pier is closed", "mi": "Kua kati te wapu"},
    "starts_at": "2026-06-15T06:00:00Z",
}
NOTICES = "/v1/cities/lakeport/notices"


async def say(ida: Desk, ferries: Ferries) -> str:
    """A notice, and its message."""
    notice = (await ida.post(NOTICES, NOTICE)).json()["notice"]["id"]
    assert await ferries.look() == 1
    return f"alert:{notice}"


async def shake(ferries: Ferries, plate: str, state: str) -> None:
    """Something happens to a vehicle, and the worker sees it."""
    async with transaction(ferries.sessions) as session:
        await session.execute(update(Vehicle).where(Vehicle.plate == plate).values(state=state))
    assert await ferries.look() == 1


async def test_a_ride_is_told_as_the_feeds_tell_it_and_no_lasting_id_is_in_it(
    ferries: Ferries, catcher: Catcher, phone: Phone, public_ids: PublicIds, town: Any
) -> None:
    secret = (await ferries.follow(catcher.url))["secret"]
    assert await ferries.look() == 0  # whoever begins reads the feeds
    (before,) = await public_ids("B-001")
    hold = (await phone.post("/v1/holds", {"vehicle_id": str(before)})).json()["id"]
    await ferries.look()
    rental = (await phone.post("/v1/rentals", {"hold_id": hold})).json()["id"]
    await ferries.look()
    end = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
    await phone.post(f"/v1/rentals/{rental}/end", end)
    await ferries.look()
    await ferries.send()
    (after,) = await public_ids("B-001")
    told = [(each.said["type"], each.said["data"]["vehicle_id"]) for each in catcher.caught]
    assert {*told} == {("vehicle.changed", str(before)), ("vehicle.gone", str(before)), ("vehicle.changed", str(after))}
    held = next(each.said["data"] for each in catcher.caught if each.said["data"]["vehicle_id"] == str(before))
    assert (held["is_reserved"], held["system_id"]) == (True, "lakeport")
    every_byte = "".join(str(each.headers) + each.body.decode() for each in catcher.caught)
    for secretive in (rental, hold, phone.person.account_id, *(vehicle.id for vehicle in town)):
        assert str(secretive) not in every_byte
    # The clock of this test stands in June: the signature is checked, its age is not.
    said = catcher.caught[0]
    names = ("webhook-id", "webhook-timestamp")
    signed = Standard(secret).sign(said.headers["webhook-id"], ferries.clock.now(), said.body.decode())
    assert all(said.headers[name] for name in names)
    assert signed == said.headers["webhook-signature"]


async def test_only_what_was_asked_for_is_sent(ferries: Ferries, catcher: Catcher, ida: Desk) -> None:
    await ferries.follow(catcher.url, ["alert.changed"])
    await ferries.look()
    async with transaction(ferries.sessions) as session:
        await session.execute(update(Vehicle).where(Vehicle.plate == "B-001").values(state="non_operational"))
    assert await ferries.look() == 0
    subject = await say(ida, ferries)
    await ferries.send()
    (said,) = catcher.caught
    assert f"alert:{said.said['data']['alert_id']}" == subject
    assert said.said["data"]["summary"][0]["text"] == "The pier is closed"


async def test_a_later_message_of_a_vehicle_never_overtakes_an_earlier_one(ferries: Ferries, catcher: Catcher) -> None:
    webhook = await ferries.follow(catcher.url)
    await ferries.look()
    broken = True

    def refuse_b001(caught: Any) -> bytes:
        return answer(503, "not now") if broken and caught.said["data"]["vehicle_id"] == first else RECEIVED

    async with ferries.sessions() as session:
        first = str(await session.scalar(select(Vehicle.public_id).where(Vehicle.plate == "B-001")))
    catcher.answers = refuse_b001
    await shake(ferries, "B-001", "non_operational")
    await shake(ferries, "B-001", "available")
    await shake(ferries, "B-002", "non_operational")
    await ferries.send()
    waiting = await ferries.log(webhook, waiting=True)
    assert [len(each["attempts"]) for each in waiting] == [0, 1]  # the second of its story has not been tried
    assert waiting[1]["attempts"][0] | {"at": "", "duration_ms": 0} == {
        "at": "",
        "status": 503,
        "failure": "refused",
        "excerpt": "not now",
        "duration_ms": 0,
    }
    assert len(await ferries.log(webhook, waiting=False)) == 1
    broken = False
    assert await ferries.send() == 0  # it waits
    await ferries.send(timedelta(seconds=7))
    disabled = [each.said["data"]["is_disabled"] for each in catcher.caught if each.said["data"]["vehicle_id"] == first]
    assert disabled == [True, True, False]
    assert len({each.headers["webhook-id"] for each in catcher.caught}) == 3
    assert await ferries.log(webhook, waiting=True) == []


async def test_what_fails_too_often_is_paused_and_an_operator_is_told(
    ferries: Ferries, catcher: Catcher, ida: Desk, sessions: Sessions
) -> None:
    webhook = await ferries.follow(catcher.url)
    await ferries.look()
    catcher.answers = lambda _: answer(500)
    await say(ida, ferries)
    for attempt in range(ATTEMPTS_MAX):
        assert await ferries.state() == ("active", None), attempt
        assert await ferries.send(LONGEST_WAIT * 2) == 1
    assert await ferries.state() == ("paused", "failing")
    assert await ferries.send(LONGEST_WAIT * 2) == 0
    async with sessions() as session:
        (letter,) = await session.scalars(select(OutgoingMessage.subject))
    assert "Ferries" in letter
    (partner,) = (await ida.get("/v1/cities/lakeport/partners")).json()["items"]
    assert [(each["state"], each["waiting"]) for each in partner["webhooks"]] == [("paused", 1)]
    catcher.answers = lambda _: RECEIVED
    resumed = await ferries.ask("PATCH", f"/{webhook['webhook']['id']}", {"active": True})
    assert (resumed.json()["state"], await ferries.send()) == ("active", 1)
    assert len({each.headers["webhook-id"] for each in catcher.caught}) == 1


async def test_an_address_that_says_it_is_gone_is_asked_no_more(
    ferries: Ferries, catcher: Catcher, ida: Desk, sessions: Sessions
) -> None:
    await ferries.follow(catcher.url)
    await ferries.look()
    catcher.answers = lambda _: answer(410)
    await say(ida, ferries)
    await ferries.send()
    assert (await ferries.ask("GET")).json()["items"] == []
    async with sessions() as session:
        assert (await session.execute(select(Webhook.state, Webhook.because))).all() == [("ended", "gone")]


async def test_nobody_is_followed_to_another_address(ferries: Ferries, catcher: Catcher, ida: Desk) -> None:
    webhook = await ferries.follow(catcher.url)
    await ferries.look()
    catcher.answers = lambda _: answer(307, "", f"Location: {catcher.url}/else")
    await say(ida, ferries)
    await ferries.send()
    (logged,) = await ferries.log(webhook)
    assert (logged["attempts"][0]["failure"], len(catcher.caught)) == ("redirected", 1)


async def test_a_server_that_hangs_is_left_and_asked_again(ferries: Ferries, catcher: Catcher, ida: Desk) -> None:
    webhook = await ferries.follow(catcher.url)
    await ferries.look()
    catcher.answers = lambda _: None
    hasty = HttpSender(private=True, answer_within_s=0.2)
    await say(ida, ferries)
    await ferries.send(sender=hasty)
    await hasty.aclose()
    (logged,) = await ferries.log(webhook)
    assert [each["failure"] for each in logged["attempts"]] == ["timeout"]
    catcher.answers = lambda _: RECEIVED
    await ferries.send(timedelta(seconds=7))
    (logged,) = await ferries.log(webhook)
    assert ([each["failure"] for each in logged["attempts"]], logged["due_at"]) == (["timeout", None], None)


async def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(
    ferries: Ferries, catcher: Catcher, ida: Desk
) -> None:
    class Dying(HttpSender):
        async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
            await super().send(url, headers, body)
            raise asyncio.CancelledError

    await ferries.follow(catcher.url)
    await ferries.look()
    await say(ida, ferries)
    dying = Dying(private=True)
    with pytest.raises(asyncio.CancelledError):
        await ferries.send(sender=dying)
    await dying.aclose()
    assert await ferries.send() == 0  # nobody knows yet that it is dead
    await ferries.send(sending.LEASE)
    first, second = catcher.caught
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


async def test_a_host_that_leads_inside_is_refused_at_every_attempt(
    ferries: Ferries, catcher: Catcher, ida: Desk
) -> None:
    webhook = await ferries.follow(catcher.url)
    await ferries.look()
    await say(ida, ferries)
    strict = HttpSender(private=False)
    await ferries.send(sender=strict)
    await strict.aclose()
    (logged,) = await ferries.log(webhook)
    assert (logged["attempts"][0]["failure"], catcher.caught) == ("address_refused", [])


async def test_messages_are_sent_again_from_an_instant_or_a_message_on(
    ferries: Ferries, catcher: Catcher, ida: Desk
) -> None:
    webhook = await ferries.follow(catcher.url)
    path = f"/{webhook['webhook']['id']}/replay"
    await ferries.look()
    for _ in range(3):
        await say(ida, ferries)
    await ferries.send()
    sent = [each.headers["webhook-id"] for each in catcher.caught]
    newest, middle, oldest = await ferries.log(webhook)
    assert (await ferries.ask("POST", path, {"since": oldest["at"]})).json() == {"messages": 3}
    await ferries.send()
    assert sorted(each.headers["webhook-id"] for each in catcher.caught[3:]) == sorted(sent)
    assert (await ferries.ask("POST", path, {"message": middle["message"]})).json() == {"messages": 2}
    later = (ferries.clock.now() + timedelta(hours=1)).isoformat()
    for body, refused in [
        ({}, (422, "unclear_replay")),
        ({"since": oldest["at"], "message": newest["message"]}, (422, "unclear_replay")),
        ({"since": later}, (404, "unknown_message")),
        ({"message": str(uuid4())}, (404, "unknown_message")),
    ]:
        assert refusal(await ferries.ask("POST", path, body)) == refused
    page = (await ferries.ask("GET", f"/{webhook['webhook']['id']}/deliveries", limit=2)).json()
    assert [each["message"] for each in page["items"]] == [newest["message"], middle["message"]]
    (last,) = await ferries.log(webhook, before=page["next"])
    assert last["message"] == oldest["message"]
    ferries.clock.advance(MESSAGES_KEPT + timedelta(hours=1))
    async with transaction(ferries.sessions) as session:
        assert await forget_messages(session, ferries.clock) == 3
    assert await ferries.log(webhook) == []


async def test_a_new_secret_signs_beside_the_former_one_for_a_day(
    ferries: Ferries, catcher: Catcher, ida: Desk
) -> None:
    webhook = await ferries.follow(catcher.url)
    await ferries.look()
    rotated = (await ferries.ask("POST", f"/{webhook['webhook']['id']}/secret")).json()["secret"]
    await say(ida, ferries)
    await ferries.send()
    await say(ida, ferries)
    await ferries.send(timedelta(hours=24))
    both, one = [each.headers["webhook-signature"].split() for each in catcher.caught]
    assert (len(both), len(one), rotated != webhook["secret"]) == (2, 1, True)


async def test_a_partner_reaches_its_own_webhooks_only(ferries: Ferries, ida: Desk, catcher: Catcher) -> None:
    webhook = await ferries.follow(catcher.url)
    trains = await ida.post("/v1/cities/lakeport/partners", {"name": "Trains", "contact_email": "it@trains.example"})
    other = Ferries(ferries.client, trains.json()["token"], ferries.sessions, ferries.clock, ferries.sender)
    of_ferries = f"/{webhook['webhook']['id']}"
    for method, path in [("PATCH", of_ferries), ("DELETE", of_ferries), ("GET", f"{of_ferries}/deliveries")]:
        assert refusal(await other.ask(method, path, {})) == (404, "unknown_webhook")
    assert refusal(await Ferries(ferries.client, "mobp_x", *([None] * 3)).ask("GET")) == (401, "wrong_partner_token")
    assert (await ferries.ask("DELETE", of_ferries)).status_code == 204
    assert refusal(await ferries.ask("DELETE", of_ferries)) == (404, "unknown_webhook")


async def test_a_partner_that_was_parted_with_is_told_nothing(ferries: Ferries, ida: Desk, catcher: Catcher) -> None:
    await ferries.follow(catcher.url)
    await ferries.look()
    await say(ida, ferries)
    (partner,) = (await ida.get("/v1/cities/lakeport/partners")).json()["items"]
    path = f"/v1/cities/lakeport/partners/{partner['id']}"
    parted = await ida.client.delete(path, headers=ida.headers)
    assert parted.json()["ended_at"] is not None
    assert (await ferries.send(), catcher.caught) == (0, [])
    assert refusal(await ferries.ask("GET")) == (401, "wrong_partner_token")
    assert refusal(await ida.client.delete(path, headers=ida.headers)) == (404, "unknown_partner")


async def test_addresses_and_numbers_of_webhooks_are_bounded(ferries: Ferries, catcher: Catcher) -> None:
    bad = {"url": "https://user:secret@app.example.org/", "events": ["alert.gone"]}
    assert refusal(await ferries.ask("POST", body=bad)) == (422, "webhook_address_refused")
    for _ in range(10):
        await ferries.follow(catcher.url)
    one_more = {"url": catcher.url, "events": ["alert.gone"]}
    assert refusal(await ferries.ask("POST", body=one_more)) == (409, "too_many_webhooks")
