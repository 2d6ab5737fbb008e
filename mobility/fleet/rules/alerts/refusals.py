"""Why an alert cannot be had or changed."""

from mobility.base.errors import Conflict, Invalid, NotFound


class UnknownAlert(NotFound):
    code = "unknown_alert"
    fr = "Cette alerte n'existe pas."
    en = "There is no such alert."


class AlertStillTrue(Conflict):
    code = "alert_still_true"
    fr = "La cause est toujours là : prenez l'alerte en compte, elle se fermera d'elle-même."
    en = "Its cause is still there: acknowledge the alert, it closes by itself."


class AlertOver(Conflict):
    code = "alert_over"
    fr = "Cette alerte est déjà close."
    en = "This alert is already over."


class AssigneeNotOperator(Invalid):
    code = "assignee_not_operator"
    fr = "Ce compte n'est pas du poste de cette ville."
    en = "This account does not belong to the desk of this city."


class SnoozeTooLong(Invalid):
    code = "snooze_too_long"
    fr = "Une alerte se met en veille jusqu'à un moment à venir, au plus {days_max} jours plus tard."
    en = "An alert is snoozed until a moment to come, at most {days_max} days later."
