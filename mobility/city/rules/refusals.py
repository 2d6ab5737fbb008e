"""Why zones and stations are not taken as they were drawn."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.city.rules.faults import Fault


class UnknownGroundEdition(NotFound):
    code = "unknown_ground_edition"
    fr = "Cette édition des zones et stations n'existe pas."
    en = "There is no such edition of zones and stations."


class UnknownGroundDraft(NotFound):
    code = "unknown_ground_draft"
    fr = "Il n'y a pas, ou plus, de projet de zones et stations."
    en = "There is no draft of zones and stations, or no more."


class GroundDraftChanged(Conflict):
    """Facts: `version` is the draft's now, `changed_at` when somebody else wrote it; None when it is gone."""

    code = "ground_draft_changed"
    fr = "Quelqu'un d'autre a modifié ce projet entre-temps : rien n'a été écrasé."
    en = "Somebody else has changed this draft meanwhile: nothing was overwritten."

    def __init__(self, version: int, changed_at: datetime | None) -> None:
        super().__init__(version=version, changed_at=changed_at and changed_at.isoformat())


class GroundChanged(Conflict):
    """The draft was drawn on another edition than the one in force. Facts: `in_force`, its number."""

    code = "ground_changed"
    fr = "Une autre édition est entrée en vigueur depuis : reportez vos changements sur elle."
    en = "Another edition has come into force since: put your changes on top of it."


class GroundUnchanged(Conflict):
    code = "ground_unchanged"
    fr = "Ce projet ne change rien à ce qui est en vigueur."
    en = "This draft changes nothing of what is in force."


class GroundAnnounced(Conflict):
    """Facts: `number` of the edition that waits to begin."""

    code = "ground_announced"
    fr = "L'édition {number} est déjà annoncée : attendez qu'elle commence, ou retirez-la."
    en = "Edition {number} is announced already: wait until it begins, or withdraw it."


class GroundStartsTooEarly(Conflict):
    code = "ground_starts_too_early"
    fr = "Une édition commence au plus tôt demain, ou tout de suite."
    en = "An edition begins tomorrow at the earliest, or at once."


class GroundBegun(Conflict):
    code = "ground_begun"
    fr = "Cette édition est déjà en vigueur : publiez-en une autre qui la remplace."
    en = "This edition is already in force: publish another one in its place."


class GroundRefused(Invalid):
    """`errors` lists every fault found, each with its path within the ground."""

    code = "ground_refused"
    fr = "Ces zones et stations sont refusées : {count} erreur(s)."
    en = "These zones and stations are refused: {count} error(s)."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults), errors=[asdict(fault) for fault in faults])
