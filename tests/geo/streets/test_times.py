"""Times over a network against SciPy's Dijkstra on a graph of its own, and by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from mobility.geo.streets.network import Network
from mobility.geo.streets.paces import DRIVE, WALK
from mobility.geo.streets.snapping import Snapped
from mobility.geo.streets.times import Times
from tests.support.osm import STEP, STEP_M, Sheet, square

BLOCK_S = STEP_M / 75 * 60  # one side of a block on foot


def times_of(network: Network, origins: list[tuple[float, float]], ends: list[tuple[float, float]]) -> np.ndarray:
    times = Times(network)
    out, into = (times.snap(*(np.array(each).T * STEP)) for each in (origins, ends))
    return times.between(out, into, limit_s=10_000)


def test_a_walk_round_the_block_by_hand(tmp_path: Path) -> None:
    network = square().network(tmp_path)
    corner, middle_of_north = (0.0, 0.0), (0.5, 1.0)
    (seconds,) = times_of(network, [corner], [(1.0, 1.0), middle_of_north, corner])
    assert seconds == pytest.approx([2 * BLOCK_S, 1.5 * BLOCK_S, 0], abs=0.1)


def test_a_point_beside_the_street_walks_to_it(tmp_path: Path) -> None:
    (seconds,) = times_of(square().network(tmp_path), [(0.5, -1.0)], [(0.5, 0.0)])
    assert seconds == pytest.approx([BLOCK_S], abs=0.1)


def test_two_points_on_one_piece_need_not_pass_its_ends(tmp_path: Path) -> None:
    ((near,),) = times_of(square().network(tmp_path), [(0.2, 0.0)], [(0.6, 0.0)])
    assert near == pytest.approx(0.4 * BLOCK_S, abs=0.1)


def test_against_a_one_way_street_one_drives_round_the_block(tmp_path: Path) -> None:
    network = square(oneway="yes").network(tmp_path, DRIVE)
    ((onward, back),) = times_of(network, [(0.4, 0.0)], [(0.6, 0.0), (0.2, 0.0)])
    side_s = float(network.forward_s[3])
    walked = [0.2 * side_s, 3.8 * side_s]
    assert [onward, back] == pytest.approx(walked, rel=1e-3)


def test_who_crosses_at_lights_waits_for_them(tmp_path: Path) -> None:
    path = Sheet().node(1, 0, 0).node(2, 1, 0, highway="crossing", crossing="traffic_signals").node(3, 2, 0)
    network = path.way(10, [1, 2, 3], highway="footway").network(tmp_path)
    ((seconds,),) = times_of(network, [(0.0, 0.0)], [(2.0, 0.0)])
    assert seconds == pytest.approx(2 * BLOCK_S + WALK.signals_wait_s, abs=0.1)


def test_a_point_far_from_every_street_is_outside_and_reached_by_nobody(tmp_path: Path) -> None:
    times = Times(square().network(tmp_path))
    far = times.snap([0.1], [0.1])
    assert (far.inside.tolist(), far.off_m.tolist()) == ([False], [np.inf])
    assert np.isinf(times.between(far, times.snap([0.0], [0.0]), limit_s=10_000)).all()
    assert np.isinf(times.from_nearest(far, limit_s=10_000).seconds).all()


def test_beyond_the_limit_nothing_is_reached(tmp_path: Path) -> None:
    times = Times(square().network(tmp_path))
    here, there = times.snap([0.0], [0.0]), times.snap([STEP], [STEP])
    assert np.isinf(times.between(here, there, limit_s=1.9 * BLOCK_S)).all()
    assert np.isfinite(times.between(here, there, limit_s=2.1 * BLOCK_S)).all()


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Corners of a crooked grid, joined at random, some pieces one way."""
    nodes = draw(st.integers(2, 12))
    dice = np.random.default_rng(draw(st.integers(0, 2**32)))
    pairs = [(a, b) for a in range(nodes) for b in range(a) if dice.random() < 0.5] or [(1, 0)]
    tail, head = np.array(pairs, np.int32).T
    seconds = dice.integers(1, 300, (2, len(pairs))).astype(np.float32)
    seconds[1, dice.random(len(pairs)) < 0.3] = np.inf
    lon, lat = dice.uniform(0, 0.01, (2, nodes))
    arrays = {"tail": tail, "head": head, "forward_s": seconds[0], "backward_s": seconds[1]}
    return Network(profile="walk", speed_kmh=4.5, lon=lon, lat=lat, left_out=0, source="made up", **arrays)


def at_nodes(network: Network) -> Snapped:
    """One point on each node that is the tail or the head of a piece, at no distance."""
    edge = np.array([np.flatnonzero((network.tail == n) | (network.head == n))[:1].sum() for n in range(network.nodes)])
    share = (network.head[edge] == np.arange(network.nodes)).astype(np.float64)
    known = np.isin(np.arange(network.nodes), np.concatenate([network.tail, network.head]))
    zeros = np.zeros(network.nodes)
    return Snapped(np.where(known, edge, -1), share, zeros, zeros)


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(50, 900))
def test_times_and_the_nearest_are_those_of_scipy(network: Network, limit_s: int) -> None:
    arcs = network.arcs
    leaves = np.repeat(np.arange(network.nodes), np.diff(arcs.start))
    graph = coo_array((arcs.seconds.astype(np.float64), (leaves, arcs.to)), shape=(network.nodes, network.nodes))
    expected = dijkstra(graph.tocsr())
    points, times = at_nodes(network), Times(network)
    known = np.flatnonzero(points.inside)
    some = Snapped(*(each[known] for each in (points.edge, points.share, points.off_m, points.off_s)))
    wanted = expected[np.ix_(known, known)]
    found = times.between(some, some, limit_s=limit_s)
    np.testing.assert_allclose(found, np.where(wanted <= limit_s, wanted, np.inf), rtol=1e-5)
    nearest, best = times.from_nearest(some, limit_s=limit_s), expected[known]
    wanted = np.where(best.min(axis=0) <= limit_s, best.min(axis=0), np.inf)
    np.testing.assert_allclose(nearest.seconds, wanted, rtol=1e-5)
    reached = np.flatnonzero(nearest.point >= 0)
    np.testing.assert_allclose(best[nearest.point[reached], reached], wanted[reached], rtol=1e-5)
