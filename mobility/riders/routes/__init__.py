from litestar.types import ControllerRouterHandler

from mobility.riders.routes.accounts import (
    block_account,
    list_account_events,
    list_accounts,
    refuse_licence,
    unblock_account,
    verify_birth_date,
    verify_licence,
)
from mobility.riders.routes.guardianships import (
    accept_guardianship,
    ask_guardianship,
    end_guardianship,
    list_guardianships,
)
from mobility.riders.routes.me import declare_licence, get_me, update_me
from mobility.riders.routes.notices import (
    add_device,
    choose_notices,
    forget_place,
    get_notices,
    list_saved_places,
    remove_device,
    save_place,
)
from mobility.riders.routes.sign_in import close_session, open_session, request_code

ROUTES: list[ControllerRouterHandler] = [
    request_code,
    open_session,
    close_session,
    get_me,
    update_me,
    declare_licence,
    list_saved_places,
    save_place,
    forget_place,
    get_notices,
    choose_notices,
    add_device,
    remove_device,
    list_accounts,
    verify_licence,
    refuse_licence,
    verify_birth_date,
    block_account,
    unblock_account,
    list_account_events,
    list_guardianships,
    ask_guardianship,
    accept_guardianship,
    end_guardianship,
]
