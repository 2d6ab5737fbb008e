"""Why something is refused at the drawing table."""

from mobility.base.errors import Conflict, Invalid, NotFound


class NoStudio(NotFound):
    code = "no_studio"
    fr = "Aucune étude n'est prévue pour cette ville : MOBILITY_STUDY en nomme une."
    en = "No study is set up for this city: MOBILITY_STUDY names one."


class UnknownDrawing(NotFound):
    code = "unknown_drawing"
    fr = "Ce scénario n'existe pas, ou plus."
    en = "There is no such drawing, or not any more."


class DrawingChanged(Conflict):
    code = "drawing_changed"
    fr = "Quelqu'un d'autre a modifié ce scénario : rechargez la page pour voir le sien."
    en = "Somebody else has changed this drawing: load the page again to see theirs."


class TooManyDrawings(Conflict):
    code = "too_many_drawings"
    fr = "Il y a déjà {most} scénarios : supprimez-en un."
    en = "There are {most} drawings already: discard one."


class UnknownStudioJob(NotFound):
    code = "unknown_studio_job"
    fr = "Ce calcul n'existe pas."
    en = "There is no such job."


class ReplayOfOne(Invalid):
    code = "replay_of_one_drawing"
    fr = "Une journée se rejoue pour un scénario, et un seul."
    en = "A day is replayed of one drawing, and one alone."


class StudioBusy(Conflict):
    code = "studio_busy"
    fr = "{waiting} calculs attendent déjà : attendez-en un, ou annulez-le."
    en = "{waiting} jobs wait already: wait for one, or cancel it."


class JobNotUnderWay(Conflict):
    code = "studio_job_over"
    fr = "Ce calcul est déjà terminé."
    en = "This job is over already."


class NotReady(NotFound):
    code = "studio_result_not_ready"
    fr = "Il n'y a pas de tel résultat, ou pas encore."
    en = "There is no such result, or not yet."
