"""Which roles can be withdrawn, and by whom."""

from collections.abc import Sequence
from uuid import UUID

from mobility.base.errors import Conflict, NotFound


class UnknownRole(NotFound):
    code = "unknown_role"
    fr = "Personne n'a ce rôle dans cette ville."
    en = "Nobody holds this role in this city."


class RoleEverywhere(Conflict):
    code = "role_everywhere"
    fr = "Ce rôle vaut pour toutes les villes : il se retire à l'ordinateur du service."
    en = "This role counts in every city: it is withdrawn at the computer of the service."


class OwnLastAdminRole(Conflict):
    code = "own_last_admin_role"
    fr = "C'est votre dernier rôle d'administrateur ici : un collègue peut vous le retirer."
    en = "This is your last admin role here: a colleague can withdraw it."


def refuse_own_last(admins: Sequence[UUID], caller_id: UUID, withdrawn_from: UUID) -> None:
    """Raise `OwnLastAdminRole` for the only admin role here of whoever withdraws it.

    `admins` are the accounts of all admin roles that count in the city, once for each role.
    """
    if withdrawn_from == caller_id and admins.count(caller_id) == 1:
        raise OwnLastAdminRole
