"""Why an alert or a task cannot be had or changed."""

from mobility.base.errors import Conflict, NotFound


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


class UnknownTask(NotFound):
    code = "unknown_task"
    fr = "Cette tâche n'existe pas."
    en = "There is no such task."


class TaskTaken(Conflict):
    code = "task_taken"
    fr = "Quelqu'un d'autre s'occupe déjà de cette tâche."
    en = "Somebody else already works on this task."


class TaskClosed(Conflict):
    code = "task_closed"
    fr = "Cette tâche est déjà close."
    en = "This task is already closed."
