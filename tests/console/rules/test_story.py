import re
from datetime import UTC, datetime
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from mobility.console.queries.story import PARTS
from mobility.console.rules.story import CHAPTERS, PLACE, Chapter, EntryKind, Place


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(5000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- the zone follows
    st.sampled_from(get_args(EntryKind)),
    st.uuids().map(str) | st.integers(0, 10**18).map(str),
)
def test_a_place_in_a_story_is_read_as_it_was_written(at: datetime, kind: str, key: str) -> None:
    place = Place(at, kind, key)
    assert re.match(PLACE, place.written())
    assert Place.read(place.written()) == place


def test_every_kind_of_entry_has_its_rows_and_belongs_to_one_chapter() -> None:
    assert set(PARTS) == set(get_args(EntryKind))
    assert set(CHAPTERS) == set(get_args(Chapter))
    assert sorted(kind for kinds in CHAPTERS.values() for kind in kinds) == sorted(get_args(EntryKind))
