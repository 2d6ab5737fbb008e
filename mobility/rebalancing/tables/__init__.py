"""What is kept of nights: plans, what they go around, and what crews did."""

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
    "Night",
    "NightCrewMember",
    "NightPhoto",
    "NightPlan",
    "NightRestriction",
    "NightStep",
    "NightTask",
]
