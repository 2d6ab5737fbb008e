"""The night's charging: what each car draws in each quarter-hour, under chargers, sites and tariff."""

from mobility.rebalancing.optimiser.charging.check import charging_violations
from mobility.rebalancing.optimiser.charging.instance import AWAY, NEVER, PluggedCars
from mobility.rebalancing.optimiser.charging.network import marginal_prices, reschedule, schedule
from mobility.rebalancing.optimiser.charging.plan import Charging, Shortfall
from mobility.rebalancing.optimiser.charging.rule import charge_at_once

__all__ = [
    "AWAY",
    "NEVER",
    "Charging",
    "PluggedCars",
    "Shortfall",
    "charge_at_once",
    "charging_violations",
    "marginal_prices",
    "reschedule",
    "schedule",
]
