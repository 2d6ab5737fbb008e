"""A photo of how a vehicle was left: asked for, never demanded."""

from datetime import timedelta
from typing import Final, Literal

from mobility.base.errors import Conflict

Excuse = Literal["camera", "unsafe", "other"]
"""The camera is refused or broken; it is too dark or too dangerous to stay; something else."""

TAKEN_WITHIN: Final = timedelta(days=2)
"""A phone that had no network sends it the next day; later, the vehicle has long been moved."""


class PhotoNotAsked(Conflict):
    code = "parking_photo_not_asked"
    fr = "Aucune photo n'est demandée pour ce trajet."
    en = "No photo is asked for of this ride."


class PhotoTakenIn(Conflict):
    code = "parking_photo_taken_in"
    fr = "La photo de ce trajet est déjà arrivée."
    en = "The photo of this ride has already arrived."


class PhotoTooLate(Conflict):
    code = "parking_photo_too_late"
    fr = "Ce trajet est terminé depuis trop longtemps : sa photo ne sert plus."
    en = "This ride ended too long ago: its photo is of no use any more."
