"""`python -m benchmarks [NAME]`: run a benchmark, or say which there are."""

import runpy
import sys

BENCHMARKS = {
    "booking.availability": "what is free of 1,000 cars with 30 days of bookings, beside a bare endpoint",
    "booking.nearby": "vehicles within a walk, of 10,000, beside a bare endpoint that answers SELECT 1",
    "booking.reassignment": "bookings whose vehicle is gone, given to others: one after the other beside the plan",
    "booking.reservations": "reservations a second, spread and contended, beside a bare endpoint that reads one row",
    "feeds.partners": "a look for news for partners among 10,000 vehicles, beside the bare read of them",
    "feeds.vehicle_status": "GBFS of 10,000 vehicles served beside the same bytes from memory, and how old it is",
    "fleet.alerts": "one round of a city's alerts beside a bare read of the same rows",
    "placement.covering": "city-size covering within a quarter of an hour's walk: greedy, local search, proof",
    "placement.pmed": "published p-median instances, solved with the placement optimiser",
    "placement.walking": "the nearest station of every node, beside SciPy and, where installed, pandana",
    "rebalancing.brp": "published bike-sharing rebalancing instances, solved with the night plan's optimiser",
    "rebalancing.charging": "a night's charging, optimal and by rule, beside the same linear program given to GLOP",
    "rebalancing.instances": "the public set of moped-and-car nights: write, check, improve on what is known",
    "rebalancing.swap_round": "the swap-only round, ours beside PyVRP, VROOM and OR-Tools in one run",
    "rebalancing.replanning": "the rest of a night planned anew: van broken, street closed, moped rented, flood",
    "rebalancing.forecast": "forecasts of cities whose true rates are known, back-tested; what un-censoring is worth",
    "rebalancing.value": "value curves of 6,000 stations over 16 hours, beside the published recursion in NumPy",
    "rebalancing.reference_night": "a night of 60 stations, and of 600: nothing, greedy, plan and bound",
    "simulation.kernel": "events a second of the simulated city, beside SimPy and salabim with the same events",
    "simulation.sites": "sites searched by simulation, designs a minute with racing, beside the naive way",
    "simulation.validation": "the simulated city beside the figures of real systems: hours, durations, distances",
    "web.lighthouse": "Lighthouse of the resident's start page on a phone: its list, and its map page beside it",
    "web.two_riders": "from one rider's reservation to another's page without the vehicle, in a real browser",
    "street.vehicles": "vehicles that one process of the street can be, over MQTT and over HTTP",
    "telemetry.drain": "from SIGTERM to the end of a process with open live streams, beside the five seconds promised",
    "telemetry.live": "from a report's publication to an operator's screen, beside a bare Valkey stream",
    "telemetry.mqtt": "from the broker to durable rows, beside a C client that only reads; memory meanwhile",
    "telemetry.screen": "from a vehicle that reports over MQTT to an operator's screen",
    "telemetry.zones": "which rule holds where, of 200 zones of 200 vertices, beside bare Shapely",
    "telemetry.store": "reports stored beside the bare COPY, keys compared, one vehicle's day, growth with the fleet",
    "web.console": "the console's main thread for one update of 500 and of 5,000 vehicles that all move",
}


def main(asked: list[str]) -> int:
    if not asked:
        print("Benchmarks: `python -m benchmarks NAME …`, each with --help")
        print("\n".join(f"  {name:<20} {sentence}" for name, sentence in BENCHMARKS.items()))
        return 0
    name, *arguments = asked
    if name not in BENCHMARKS:
        print(f"there is no benchmark {name}: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    sys.argv = [name, *arguments]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")
    return 0


sys.exit(main(sys.argv[1:]))
