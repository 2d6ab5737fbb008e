from typing import Final, Literal

from mobility.base.errors import Conflict

Kind = Literal["home", "work", "other"]
PLACES_MAX: Final = 12
NAME_LENGTH_MAX = 40


class SavedPlacesTooMany(Conflict):
    code = "saved_places_too_many"
    fr = "Vous avez déjà {most} lieux : retirez-en un d'abord."
    en = "You have {most} places already: remove one first."
