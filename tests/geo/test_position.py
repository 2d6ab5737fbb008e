import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.geo import LonLat, PositionOutOfRange, distance_m

positions = st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90))


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(180.1, 0), (-180.1, 0), (0, 90.1), (0, -90.1), (math.nan, 0), (0, math.nan), (math.inf, 0), (0, -math.inf)],
)
def test_a_position_off_the_globe_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(PositionOutOfRange) as refusal:
        LonLat(lon, lat)
    assert refusal.value.code == "position_out_of_range"


def test_a_position_off_the_globe_is_refused_when_it_is_read_from_json() -> None:
    with pytest.raises(PositionOutOfRange):
        msgspec.json.decode(b'{"lon": 500, "lat": 0}', type=LonLat)


def test_an_unknown_member_of_a_position_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="altitude"):
        msgspec.json.decode(b'{"lon": 5, "lat": 0, "altitude": 3}', type=LonLat)


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (LonLat(0, 0), LonLat(1, 0), 111_195),
        (LonLat(2.3522, 48.8566), LonLat(-0.1276, 51.5072), 343_500),  # Paris to London
        (LonLat(179.5, 0), LonLat(-179.5, 0), 111_195),  # across the 180th meridian
        (LonLat(0, 90), LonLat(0, -90), 20_015_115),
    ],
)
def test_distance_is_the_great_circle(a: LonLat, b: LonLat, metres: float) -> None:
    assert distance_m(a, b) == pytest.approx(metres, rel=1e-3)


@given(positions, positions)
def test_distance_is_symmetric_and_never_more_than_half_the_globe(a: LonLat, b: LonLat) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert 0 <= distance_m(a, b) <= 20_015_116
    assert distance_m(a, a) == 0
