"""The swap-only round in the words of PyVRP, VROOM and OR-Tools: each with one thread and the same seconds."""

from datetime import timedelta

import pyvrp
import vroom
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from pyvrp.stop import MaxRuntime

from benchmarks.rebalancing.swap_instance import BATTERIES, CENTS_PER_MIN, SHIFT_MIN, SWAP_MIN, Round, Stop, Tours

UNREACHABLE_MIN = 10 * SHIFT_MIN


def gain_cents(asked: Round, node: int) -> int:
    """Of a place whose mopeds are all swapped: their prizes less the work."""
    return int(asked.flat[node]) * (int(asked.prize_cents[node]) - CENTS_PER_MIN * SWAP_MIN)


def latest_min(asked: Round, node: int) -> int:
    """At which the work must have begun."""
    return int(asked.open_min[node, 1]) - asked.service_min(node)


def stops(asked: Round, nodes: list[int]) -> list[Stop]:
    return [Stop(node, int(asked.flat[node])) for node in nodes]


def by_pyvrp(asked: Round, *, seconds: float, seed: int) -> Tours:
    model = pyvrp.Model()
    locations = [model.add_location(x=0, y=0) for _ in range(asked.nodes)]
    depot = model.add_depot(locations[0])
    model.add_vehicle_type(
        asked.vans,
        capacity=BATTERIES,
        start_depot=depot,
        end_depot=depot,
        tw_early=0,
        tw_late=SHIFT_MIN,
        unit_distance_cost=CENTS_PER_MIN,
    )
    for node in range(1, asked.nodes):
        model.add_client(
            locations[node],
            delivery=int(asked.flat[node]),
            service_duration=asked.service_min(node),
            tw_early=int(asked.open_min[node, 0]),
            tw_late=latest_min(asked, node),
            prize=max(0, gain_cents(asked, node)),
            required=False,
        )
    for a, start in enumerate(locations):
        for b, end in enumerate(locations):
            minutes = int(asked.travel_min[a, b])
            model.add_edge(start, end, distance=minutes, duration=minutes)
    result = model.solve(MaxRuntime(seconds), seed=seed, display=False)
    routes = result.best.routes() if result.is_feasible() else []
    return [stops(asked, [visit.idx + 1 for visit in route.schedule() if visit.is_client()]) for route in routes]


def by_vroom(asked: Round, *, seconds: float, seed: int) -> Tours:
    """It serves as many places as it can; it knows no prizes, and no seed."""
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=asked.travel_min.astype("uint32"))
    shift = vroom.TimeWindow(0, SHIFT_MIN)
    for van in range(asked.vans):
        problem.add_vehicle(vroom.Vehicle(van, start=0, end=0, capacity=[BATTERIES], time_window=shift))
    for node in range(1, asked.nodes):
        hours = vroom.TimeWindow(int(asked.open_min[node, 0]), latest_min(asked, node))
        amount, service = vroom.Amount([int(asked.flat[node])]), asked.service_min(node)
        problem.add_job(vroom.Job(node, node, default_service=service, delivery=amount, time_windows=[hours]))
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    steps = solution.routes[solution.routes.type == "job"]
    return [stops(asked, nodes.astype(int).tolist()) for _, nodes in steps.groupby("vehicle_id")["id"]]


def by_ortools(asked: Round, *, seconds: float, seed: int) -> Tours:
    """Guided local search; it knows no seed."""
    manager = pywrapcp.RoutingIndexManager(asked.nodes, asked.vans, 0)
    routing = pywrapcp.RoutingModel(manager)
    service = [asked.service_min(node) for node in range(asked.nodes)]
    travel = asked.travel_min.tolist()
    cost = routing.RegisterTransitMatrix([[CENTS_PER_MIN * minutes for minutes in row] for row in travel])
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    taken = [[minutes + service[a] for minutes in row] for a, row in enumerate(travel)]
    routing.AddDimension(routing.RegisterTransitMatrix(taken), SHIFT_MIN, SHIFT_MIN, False, "time")
    routing.AddDimension(routing.RegisterUnaryTransitVector(asked.flat.tolist()), 0, BATTERIES, True, "batteries")
    time = routing.GetDimensionOrDie("time")
    for node in range(1, asked.nodes):
        index = manager.NodeToIndex(node)
        time.CumulVar(index).SetRange(int(asked.open_min[node, 0]), latest_min(asked, node))
        routing.AddDisjunction([index], max(0, gain_cents(asked, node)))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    solution = routing.SolveWithParameters(parameters)
    tours = []
    for van in range(asked.vans if solution else 0):
        nodes, index = [], solution.Value(routing.NextVar(routing.Start(van)))
        while not routing.IsEnd(index):
            nodes.append(manager.IndexToNode(index))
            index = solution.Value(routing.NextVar(index))
        tours.append(stops(asked, nodes))
    return tours
