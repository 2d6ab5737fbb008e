from uuid import UUID

import pytest

from mobility.fleet.rules.topics import Channel, every, read_topic, shared, topic

VEHICLE = UUID("019a0000-0000-7000-8000-0000000000ab")


@pytest.mark.parametrize("channel", Channel)
def test_a_topic_says_which_vehicle_and_what(channel: Channel) -> None:
    assert topic(VEHICLE, channel) == f"mobility/v1/019a0000-0000-7000-8000-0000000000ab/{channel}"
    assert read_topic(topic(VEHICLE, channel)) == (VEHICLE, channel)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "telemetry",
        "mobility/v1/telemetry",
        f"mobility/v2/{VEHICLE}/telemetry",
        f"mobility/v1/{VEHICLE}/telemetry/more",
        f"mobility/v1/{VEHICLE}/state",
        f"mobility/v1/{VEHICLE}/",
        f"/mobility/v1/{VEHICLE}/telemetry",
        f"mobility/v1/{str(VEHICLE).upper()}/telemetry",
        f"mobility/v1/{VEHICLE.hex}/telemetry",
        "mobility/v1/+/telemetry",
        "mobility/v1/M-001/telemetry",
    ],
)
def test_other_topics_and_other_spellings_are_none_of_ours(name: str) -> None:
    assert read_topic(name) is None


def test_consumers_share_the_subscription_of_a_channel() -> None:
    assert shared(every(Channel.TELEMETRY)) == "$share/mobility/mobility/v1/+/telemetry"
