"""What is kept of nights: forecasts, plans, what they go around, and what crews did."""

from mobility.rebalancing.tables.forecast import DemandForecast, NightStock
from mobility.rebalancing.tables.night import (
    Night,
    NightCrewMember,
    NightPhoto,
    NightPlan,
    NightRestriction,
    NightStep,
    NightTask,
)

__all__ = [
    "DemandForecast",
    "Night",
    "NightCrewMember",
    "NightPhoto",
    "NightPlan",
    "NightRestriction",
    "NightStep",
    "NightStock",
    "NightTask",
]
