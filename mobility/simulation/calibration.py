"""Single facts of real systems that the simulated city is calibrated on and compared with, each with its source."""

from dataclasses import dataclass

import numpy as np

from mobility.simulation.scenario import Floats

JERSEY_CITY = (
    "Citi Bike trip histories of Jersey City, March, April, November, December 2020: 59,956 trips, 51 stations"
)
BAY_AREA = "Bay Area Bike Share, 7,203 trips sampled from August 2013 to August 2015, 70 stations"
COLUMBUS = (
    "GBFS of shared e-scooters in Columbus, Ohio, 47 snapshots from February to August 2026: battery levels (Spin)"
)


@dataclass(frozen=True)
class Quantiles:
    """The 5th, 25th, 50th, 75th and 95th percentile of something positive; logarithms are even in between.

    Beyond the outer two the curve goes on as steeply as between them and their neighbours.
    """

    values: tuple[float, float, float, float, float]
    source: str

    LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])

    def at(self, share: Floats) -> Floats:
        """The value that so large a share stays below."""
        levels, logs = self._knots
        return np.asarray(np.exp(np.interp(share, levels, logs)))

    def below(self, value: Floats) -> Floats:
        """The share that stays below a value; the inverse of `at`."""
        levels, logs = self._knots
        return np.asarray(np.interp(np.log(np.maximum(value, 1e-9)), logs, levels))

    def scaled(self, factor: float) -> "Quantiles":
        low, second, middle, third, high = (value * factor for value in self.values)
        return Quantiles((low, second, middle, third, high), self.source)

    @property
    def mean(self) -> float:
        return float(self.at((np.arange(1_000) + 0.5) / 1_000).mean())

    @property
    def _knots(self) -> tuple[Floats, Floats]:
        logs, levels = np.log(np.array(self.values)), self.LEVELS
        first = logs[0] - levels[0] * (logs[1] - logs[0]) / (levels[1] - levels[0])
        last = logs[-1] + (1 - levels[-1]) * (logs[-1] - logs[-2]) / (levels[-1] - levels[-2])
        return np.array([0.0, *levels, 1.0]), np.array([first, *logs, last])


DURATION_MIN = Quantiles((2.45, 4.933, 8.633, 17.85, 52.154), JERSEY_CITY)
CROW_KM = Quantiles((0.338, 0.667, 0.984, 1.472, 2.66), JERSEY_CITY)
"""As the crow flies, of trips that end elsewhere."""
ROUND_TRIP_SHARE = 0.1262  # JERSEY_CITY
BAY_AREA_DURATION_MIN = Quantiles((3.317, 5.783, 8.683, 12.75, 32.557), BAY_AREA)
BATTERY_PERCENT = Quantiles((15.0, 38.0, 61.0, 85.0, 97.0), COLUMBUS)

# Shares of a day's trips by the hour in which they begin; they sum to 1.
WEEKDAY_HOURS = (
    0.0067, 0.0028, 0.0012, 0.0006, 0.0025, 0.0087, 0.0324, 0.0519, 0.0636, 0.0475, 0.0366, 0.0454,
    0.0591, 0.0642, 0.0638, 0.0697, 0.0791, 0.0989, 0.1009, 0.0689, 0.0396, 0.0254, 0.0193, 0.0112,
)  # fmt: skip
WEEKEND_HOURS = (
    0.0086, 0.0066, 0.0025, 0.0019, 0.0019, 0.0034, 0.0069, 0.0117, 0.0275, 0.0425, 0.0582, 0.0741,
    0.0816, 0.1033, 0.1116, 0.1149, 0.1062, 0.0772, 0.0545, 0.0384, 0.0240, 0.0183, 0.0148, 0.0094,
)  # fmt: skip
BAY_AREA_WEEKDAY_HOURS = (
    0.0024, 0.0008, 0.0003, 0.0000, 0.0014, 0.0065, 0.0227, 0.0734, 0.1401, 0.1014, 0.0410, 0.0388,
    0.0452, 0.0399, 0.0322, 0.0447, 0.0891, 0.1295, 0.0894, 0.0436, 0.0246, 0.0170, 0.0101, 0.0060,
)  # fmt: skip
WEEK = (0.1362, 0.1561, 0.1429, 0.1281, 0.1261, 0.1558, 0.1547)
"""Shares of a week's trips from Monday on, JERSEY_CITY."""
