"""What each task of a plan is worth, and what it would cost to do what the plan leaves undone; recomputed by edits."""

from mobility.rebalancing.optimiser.explain.undone import Undone, undone
from mobility.rebalancing.optimiser.explain.worth import Explainer, TripCents, worth_of_tasks, worth_of_visits

__all__ = ["Explainer", "TripCents", "Undone", "undone", "worth_of_tasks", "worth_of_visits"]
