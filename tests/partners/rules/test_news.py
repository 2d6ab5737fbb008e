"""What partners are told: the difference of two editions, in the words of the feeds."""

from dataclasses import replace

import msgspec

from mobility.partners.rules.news import EVENT_TYPES, IDS, Records, fingerprint, news_between, records_of
from tests.feeds.editions import CAR, MOPED, document, edition


def told(records: Records) -> dict[str, bytes]:
    return {subject: fingerprint(record) for subject, record in records.items()}


def test_nothing_is_told_of_what_has_not_changed() -> None:
    of = edition()
    later = replace(of, stamp=of.stamp.replace(hour=9))
    assert list(news_between(told(records_of(of)), records_of(later))) == []


def test_a_vehicle_under_a_new_id_is_one_that_has_gone_and_one_that_has_come() -> None:
    other = msgspec.structs.replace(MOPED, public_id=str(CAR.public_id).replace("3", "9"))
    news = list(news_between(told(records_of(edition(MOPED, CAR))), records_of(edition(other, CAR))))
    assert [each.type for each in news] == ["vehicle.gone", "vehicle.changed"]
    assert news[0].record == {"vehicle_id": MOPED.public_id}
    assert MOPED.public_id not in str(news[1])


def test_what_leaves_a_station_changes_its_counts() -> None:
    news = list(news_between(told(records_of(edition(MOPED, CAR))), records_of(edition(MOPED))))
    assert [each.type for each in news] == ["vehicle.gone", "station.changed"]
    assert news[1].record["num_vehicles_available"] == 0


def test_partners_are_told_nothing_that_the_feeds_do_not_say() -> None:
    """Positions rounded, ranges in steps, no lasting id: what is proved of the feeds holds of messages."""
    of = edition(MOPED, CAR)
    shown = {each["vehicle_id"]: each for each in document(of, "v3", "vehicle_status")["data"]["vehicles"]}
    vehicles = {name: record for name, record in records_of(of).items() if name.startswith("vehicle:")}
    assert {record["vehicle_id"]: record for record in vehicles.values()} == shown


def test_every_kind_of_subject_may_change_and_go() -> None:
    assert set(EVENT_TYPES) == {f"{kind}.{what}" for kind in IDS for what in ("changed", "gone")}


def test_a_first_look_tells_of_everything() -> None:
    records = records_of(edition())
    assert {each.subject for each in news_between({}, records)} == records.keys()
