"""Reads over the tables of the domains below; nothing here writes."""

from mobility.console.queries.figures import read_figures
from mobility.console.queries.finding import find
from mobility.console.queries.story import list_entries

__all__ = ["find", "list_entries", "read_figures"]
