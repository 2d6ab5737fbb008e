from litestar.types import ControllerRouterHandler

from mobility.riders.routes.accounts import list_accounts, refuse_licence, verify_birth_date, verify_licence
from mobility.riders.routes.me import declare_licence, get_me, update_me
from mobility.riders.routes.sign_in import close_session, open_session, request_code

ROUTES: list[ControllerRouterHandler] = [
    request_code,
    open_session,
    close_session,
    get_me,
    update_me,
    declare_licence,
    list_accounts,
    verify_licence,
    refuse_licence,
    verify_birth_date,
]
