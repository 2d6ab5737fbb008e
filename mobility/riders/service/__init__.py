"""What riders do, and those who look after them."""

from mobility.riders.service.accounts import (
    declare_licence,
    get_or_create_account,
    update_profile,
)
from mobility.riders.service.desk import (
    block_account,
    decide_licence,
    note_city,
    refuse_staff,
    require_seen,
    unblock_account,
    verify_birth_date,
)
from mobility.riders.service.guardianships import get_agreement, payer_of
from mobility.riders.service.notices import (
    count_given_up,
    lease_letter,
    notify,
    record_failure,
    record_sent,
)
from mobility.riders.service.roles import give_role, grant_role, revoke_role, withdraw_role
from mobility.riders.service.sign_in import SESSION_LIVES, SignedIn, authenticate, request_code, sign_in, sign_out

__all__ = [
    "SESSION_LIVES",
    "SignedIn",
    "authenticate",
    "block_account",
    "count_given_up",
    "decide_licence",
    "declare_licence",
    "get_agreement",
    "get_or_create_account",
    "give_role",
    "grant_role",
    "lease_letter",
    "note_city",
    "notify",
    "payer_of",
    "record_failure",
    "record_sent",
    "refuse_staff",
    "request_code",
    "require_seen",
    "revoke_role",
    "sign_in",
    "sign_out",
    "unblock_account",
    "update_profile",
    "verify_birth_date",
    "withdraw_role",
]
