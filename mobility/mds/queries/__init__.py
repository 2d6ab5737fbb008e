"""What MDS reads of other domains, and of what it keeps itself."""

from mobility.mds.queries.keeping import compliance

__all__ = ["compliance"]
