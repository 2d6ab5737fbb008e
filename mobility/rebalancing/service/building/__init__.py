"""A night as arrays, from what the database knows of it, and who is who in them."""

from mobility.rebalancing.service.building.index import Index, Known
from mobility.rebalancing.service.building.night import build

__all__ = ["Index", "Known", "build"]
