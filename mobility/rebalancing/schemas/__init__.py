"""What travels over HTTP of a city's nights."""

from mobility.rebalancing.schemas.crews import MyWork, NightPhotoView, ShiftView, StepsSaid, StepsTaken, StepTaken
from mobility.rebalancing.schemas.nights import (
    CrewView,
    MemberView,
    NightDetail,
    NightList,
    NightView,
    PlanDetail,
    PlanView,
    PlanWish,
    RestrictionView,
    RestrictionWish,
    Roster,
    TaskBoard,
    TaskState,
    night_detail,
)

__all__ = [
    "CrewView",
    "MemberView",
    "MyWork",
    "NightDetail",
    "NightList",
    "NightPhotoView",
    "NightView",
    "PlanDetail",
    "PlanView",
    "PlanWish",
    "RestrictionView",
    "RestrictionWish",
    "Roster",
    "ShiftView",
    "StepTaken",
    "StepsSaid",
    "StepsTaken",
    "TaskBoard",
    "TaskState",
    "night_detail",
]
