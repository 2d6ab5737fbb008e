"""Which plan prices what, and since when. Services flush; the edge that called them commits."""

from mobility.pricing.service.loading import load_tariffs

__all__ = ["load_tariffs"]
