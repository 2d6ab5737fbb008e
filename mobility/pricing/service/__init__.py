"""Which plan prices what, and since when. Services flush; the edge that called them commits."""

from mobility.pricing.service.bills import bill, tariff_in_force
from mobility.pricing.service.loading import load_tariffs

__all__ = ["bill", "load_tariffs", "tariff_in_force"]
