"""Which plan prices what, and since when. Services flush; the edge that called them commits."""

from mobility.pricing.service.bills import bill, final_bill, tariff_in_force
from mobility.pricing.service.loading import load_tariffs
from mobility.pricing.service.rewards import promise_reward

__all__ = ["bill", "final_bill", "load_tariffs", "promise_reward", "tariff_in_force"]
