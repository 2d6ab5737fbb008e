"""Real files hold traps: each is met here, in a town of four corners."""

from pathlib import Path

import numpy as np
import osmium
import pytest

from mobility.geo.streets.build import build
from mobility.geo.streets.extract import StreetsUnreadable, read_extract
from mobility.geo.streets.network import Network, open_network, save
from mobility.geo.streets.paces import DRIVE, WALK
from tests.support.osm import STEP_M, Sheet, square


def edges(network: Network) -> int:
    return len(network.tail)


def test_ways_may_come_before_their_nodes(tmp_path: Path) -> None:
    network = square().network(tmp_path)
    assert (network.nodes, edges(network)) == (4, 4)
    assert network.length_m == pytest.approx([STEP_M] * 4, rel=1e-4)


def test_what_an_editor_has_deleted_is_not_there(tmp_path: Path) -> None:
    gone = square().node(5, 2, 0).way(12, [3, 5], "action='delete'").way(13, [1, 3], "action='delete'")
    assert edges(gone.network(tmp_path)) == 4
    half = square().node(5, 2, 0, "action='delete'").node(6, 3, 0).way(12, [3, 5, 6])
    assert edges(half.network(tmp_path)) == 4


def test_new_elements_have_negative_ids(tmp_path: Path) -> None:
    assert edges(square().node(-5, 2, 0).way(-12, [3, -5], "action='modify'").network(tmp_path)) == 5


def test_nodes_that_the_extract_cut_off_end_a_street(tmp_path: Path) -> None:
    cut = square().node(5, 2, 0).node(6, 3, 0).way(12, [3, 5, 99, 6])
    assert edges(cut.network(tmp_path)) == 5


def test_the_largest_part_is_kept_and_the_rest_counted(tmp_path: Path) -> None:
    apart = square().node(7, 5, 5).node(8, 6, 5).way(14, [7, 8])
    network = apart.network(tmp_path)
    assert (network.nodes, network.left_out) == (4, 2)


def test_a_street_that_only_leads_away_is_no_place_to_park(tmp_path: Path) -> None:
    trap = square().node(5, 2, 0).way(12, [3, 5], oneway="yes")
    assert (trap.network(tmp_path, DRIVE).nodes, trap.network(tmp_path, WALK).nodes) == (4, 5)


@pytest.mark.parametrize(
    ("tags", "onward", "back"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "reverse"}, False, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "roundabout", "oneway": "no"}, True, True),
    ],
)
def test_one_way_streets_bind_cars_and_not_walkers(
    tmp_path: Path, tags: dict[str, str], onward: bool, back: bool
) -> None:
    driven, walked = square(**tags).network(tmp_path, DRIVE), square(**tags).network(tmp_path, WALK)
    assert np.isfinite([driven.forward_s[3], driven.backward_s[3]]).tolist() == [onward, back]
    assert np.isfinite(walked.forward_s).all()
    assert np.isfinite(walked.backward_s).all()


def test_a_pbf_file_with_dense_nodes_reads_alike(tmp_path: Path) -> None:
    packed = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for each in osmium.FileProcessor(str(square().write(tmp_path))):
            writer.add(each)
    again = build(read_extract(packed), WALK, source="made up")
    assert (again.nodes, edges(again)) == (4, 4)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("town.osm", "<osm version='0.6'><node id='1' lat='x'"),
        ("town.osm", "<osm version='0.6'></osm>"),
        ("town.osm.pbf", "no such format"),
        ("town.geojson", "{}"),
    ],
)
def test_a_file_that_has_no_streets_is_refused_by_name(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(StreetsUnreadable) as refused:
        read_extract(path)
    assert (refused.value.code, name in str(refused.value)) == ("streets_unreadable", True)


def test_a_file_that_is_not_there_and_one_without_a_way_for_the_profile_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StreetsUnreadable):
        read_extract(tmp_path / "nothing.osm")
    path = Sheet().node(1, 0, 0).node(2, 1, 0).way(10, [1, 2], highway="footway").write(tmp_path)
    with pytest.raises(StreetsUnreadable, match="drive"):
        build(read_extract(path), DRIVE, source="town.osm")


def test_a_saved_network_opens_as_it_was(tmp_path: Path) -> None:
    network = square(oneway="yes").network(tmp_path, DRIVE)
    save(network, tmp_path / "streets.npz")
    again = open_network(tmp_path / "streets.npz")
    assert (again.profile, again.source, again.left_out) == ("drive", "made up", network.left_out)
    for name in ("lon", "lat", "tail", "head", "forward_s", "backward_s"):
        np.testing.assert_array_equal(getattr(again, name), getattr(network, name))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing more", b"text"])
def test_another_file_is_no_saved_network(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "streets.npz"
    path.write_bytes(content)
    with pytest.raises(StreetsUnreadable):
        open_network(path)


def test_a_network_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "streets.npz"
    with path.open("wb") as file:
        np.savez(file, format=np.array(99))
    with pytest.raises(StreetsUnreadable, match="99"):
        open_network(path)
