"""A tiny study of Lakeport: twelve homes, four candidates, two days."""

from pathlib import Path

from mobility.placement.folder import read_inputs
from mobility.placement.service.inputs import Inputs

CITY = Path(__file__).parent / "cities/lakeport/city.toml"
HOMES = [(174.965 + 0.02 * x, -40.03 + 0.025 * y) for x in range(4) for y in range(3)]
SITES = {"north": (174.99, -39.97), "west": (174.97, -40.0), "south": (175.0, -40.03), "east": (175.03, -39.99)}
FACTOR = 'value = 0.1\nunit = "kg"\nsource = "Invented for the tests"\nas_of = 2026-01-01\n'
FACTORS = ("electricity", "van", "van_making", "replaced", "replaced_making")

STUDY = """
format = 1
code = "lake"
language = "{language}"
city = "{city}"
people = "people.toml"
factors = "factors.toml"
vehicle_type = "pebble"
first_day = 2026-06-15
[question]
fr = "Où placer les stations ?"
en = "Where should stations stand?"
[candidates]
file = "candidates.csv"
[aims]
walk_minutes = 20
distance_share = 0.2
worst_commune_share = 0.1
carless_weight = 1.0
unlicensed_weight = 0.5
trips_per_bay = 5
seconds = 0.4
spacing_m = 100
sizes = [{{ bays = 2, chargers = 1 }}, {{ bays = 4, chargers = 2 }}]
[costs]
station_cents = 100_000
bay_cents = 10_000
charger_cents = 20_000
station_yearly_cents = 5_000
energy_cents_per_kwh = 20
source = {{ en = "Invented" }}
vehicles = [{{ vehicle_type = "pebble", buy_cents = 500_000, yearly_cents = 50_000 }}]
[front]
budgets_cents = [700_000, 1_500_000]
simulate = 1
[simulation]
days = 2
warm_up = 0
replications = 2
seed = 3
crews = "plan"
[[scenarios]]
code = "steps"
name = {{ fr = "En deux ans", en = "In two years" }}
budget_cents = 1_500_000
years = [0.5, 1.0]
crews = "operators"
demand_factor = 1.5
"""


def write_study(folder: Path, **changes: str) -> Path:
    """The study's files in a folder; `changes` replace texts of study.toml, old text to new."""
    people = ["id,commune,residents,licensed_share,carless_share,lon,lat,source"]
    people += [f"h{n},01,{100 + 20 * n},0.6,0.2,{lon},{lat},invented" for n, (lon, lat) in enumerate(HOMES)]
    sites = ["code,name,kind,lon,lat,bays_max"]
    sites += [
        f"{name},{name.title()},square,{lon},{lat},{2 if name == 'east' else ''}" for name, (lon, lat) in SITES.items()
    ]
    source = '[[sources]]\ncode = "invented"\nname = "Invented"\nlicence = "EUPL-1.2"\nas_of = 2026-01-01\nurl = "https://example.org/people"\n'
    kinds = {"electricity": "kwh"}
    factors = [f"[{name}_kg_per_{kinds.get(name, 'km')}]\n{FACTOR}" for name in FACTORS] + [
        f"[replaced_share]\n{FACTOR}"
    ]
    factors.append(f'[[classes]]\nvehicle_type = "pebble"\n[classes.making_kg_per_km]\n{FACTOR}')
    text = STUDY.format(city=CITY, language=changes.pop("language", "fr"))
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    contents = {
        "people.csv": "\n".join(people),
        "people.toml": f'format = 1\npeople = ["people.csv"]\n{source}',
        "candidates.csv": "\n".join(sites),
        "factors.toml": "\n".join(factors),
        "study.toml": text,
    }
    for name, content in contents.items():
        (folder / name).write_text(content + "\n", encoding="utf-8")
    return folder / "study.toml"


def inputs_in(folder: Path, **changes: str) -> Inputs:
    return read_inputs(write_study(folder, **changes), "1")
