"""Why a night's plan or a crew's work is refused."""

from mobility.base.errors import Conflict, Forbidden, Invalid, NotFound


class NightNotDescribed(NotFound):
    code = "night_not_described"
    fr = "Le fichier de cette ville ne dit rien du travail de nuit."
    en = "This city's file says nothing about work at night."


class UnknownNight(NotFound):
    code = "unknown_night"
    fr = "Cette nuit n'a pas de plan."
    en = "There is no plan of that night."


class UnknownNightPlan(NotFound):
    code = "unknown_night_plan"
    fr = "Ce plan de nuit n'existe pas."
    en = "There is no such night plan."


class UnknownNightTask(NotFound):
    code = "unknown_night_task"
    fr = "Cette étape ne fait pas partie du plan de nuit."
    en = "This task is not part of the night's plan."


class UnknownRestriction(NotFound):
    code = "unknown_restriction"
    fr = "Cette contrainte n'existe pas."
    en = "There is no such restriction."


class UnknownCrew(Invalid):
    code = "unknown_crew"
    fr = "Cette ville n'a pas d'équipe de ce nom."
    en = "This city has no crew of that name."


class NightOver(Conflict):
    code = "night_over"
    fr = "Cette nuit est finie : son plan ne change plus."
    en = "This night is over: its plan no longer changes."


class PlanBeingSolved(Conflict):
    code = "plan_being_solved"
    fr = "Un plan de cette nuit est déjà en calcul : attendez-le ou arrêtez-le."
    en = "A plan of this night is being solved: wait for it or stop it."


class PlanNotBeingSolved(Conflict):
    code = "plan_not_being_solved"
    fr = "Ce plan n'est pas en calcul."
    en = "This plan is not being solved."


class PlanNotDraft(Conflict):
    code = "plan_not_draft"
    fr = "Seul un brouillon peut être publié ; ce plan est dans l'état « {state} »."
    en = 'Only a draft can be published; this plan is in the state "{state}".'


class PlanOutdated(Conflict):
    code = "plan_outdated"
    fr = "Un plan plus récent est déjà publié : refaites le calcul."
    en = "A newer plan is published already: solve again."


class PlanViolated(Conflict):
    code = "plan_violated"
    fr = "Ce plan ne respecte pas les règles de la nuit : {first}"
    en = "This plan breaks the night's rules: {first}"


class RestrictionStands(Conflict):
    code = "restriction_stands"
    fr = "Cette contrainte est déjà posée."
    en = "This restriction stands already."


class TaskNotMovable(Conflict):
    code = "task_not_movable"
    fr = "Cette étape ne peut pas être déplacée : elle est commencée, close ou une pause."
    en = "This task cannot be moved: it was begun, is closed, or is a break."


class NotOnThisCrew(Forbidden):
    code = "not_on_this_crew"
    fr = "Cette étape est celle d'une autre équipe."
    en = "This task is another crew's."


class WrongVehicle(Conflict):
    code = "wrong_vehicle"
    fr = "Ce véhicule n'est pas celui de cette étape."
    en = "This vehicle is not one of this task."


class WorkClosed(Conflict):
    code = "work_closed"
    fr = "Cette étape est déjà close, ou ne fait plus partie du plan."
    en = "This task is closed already, or is no longer part of the plan."


class ReasonMissing(Invalid):
    code = "reason_missing"
    fr = "Dites pourquoi l'étape ne peut pas être faite."
    en = "Say why the task cannot be done."


class StepFromTheFuture(Invalid):
    code = "step_from_the_future"
    fr = "L'horloge du téléphone avance : mettez-la à l'heure."
    en = "The phone's clock is ahead: set it right."


class NightPhotosTooMany(Conflict):
    code = "night_photos_too_many"
    fr = "Une étape a {photos_max} photos au plus."
    en = "A task has {photos_max} photos at most."
