"""What MDS reads of other domains, and of what it keeps itself."""

from mobility.mds.queries.compliance import compliance

__all__ = ["compliance"]
