"""What riders do, and those who look after them."""

from mobility.riders.service.accounts import (
    block_account,
    decide_licence,
    declare_licence,
    get_or_create_account,
    grant_role,
    revoke_role,
    update_profile,
    verify_birth_date,
)
from mobility.riders.service.notices import lease_letter, notify, record_failure, record_sent
from mobility.riders.service.sign_in import SESSION_LIVES, SignedIn, authenticate, request_code, sign_in, sign_out

__all__ = [
    "SESSION_LIVES",
    "SignedIn",
    "authenticate",
    "block_account",
    "decide_licence",
    "declare_licence",
    "get_or_create_account",
    "grant_role",
    "lease_letter",
    "notify",
    "record_failure",
    "record_sent",
    "request_code",
    "revoke_role",
    "sign_in",
    "sign_out",
    "update_profile",
    "verify_birth_date",
]
