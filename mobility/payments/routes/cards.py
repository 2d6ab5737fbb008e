from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import after_commit
from mobility.payments import queries, service
from mobility.payments.ports import GatewayUnavailable, PaymentGateway
from mobility.payments.rules.refusals import PaymentServiceAway, UnknownCard
from mobility.payments.schemas.payments import CardList, CardPageRequest, CardPageView, CardView
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn

# More than anybody carries.
CARDS_MAX = 20


@get(
    "/v1/me/cards",
    guards=[signed_in],
    summary="List the cards that I saved",
    tags=["me"],
    operation_id="list_cards",
    opt={"problems": [NotSignedIn]},
)
async def list_cards(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    gateway: NamedDependency[PaymentGateway],
    limit: Annotated[int, QueryParameter(ge=1, le=CARDS_MAX, description="How many at most")] = CARDS_MAX,
) -> CardList:
    """The one that is charged first."""
    cards = await queries.list_cards(session, caller.account_id, limit=limit)
    items = [CardView.of(card, charged=place == 0) for place, card in enumerate(cards)]
    return CardList(items=items, needed=gateway.asks_for_cards)


@post(
    "/v1/me/cards",
    guards=[signed_in],
    summary="Open the page where a card is saved",
    tags=["me"],
    operation_id="open_card_page",
    opt={"problems": [NotSignedIn, CrossSiteRequest, PaymentServiceAway]},
)
async def open_card_page(
    data: JSONBody[CardPageRequest],
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    gateway: NamedDependency[PaymentGateway],
    public_url: NamedDependency[str],
    language: NamedDependency[str],
) -> CardPageView:
    """The page belongs to the payment service: a card's number never reaches us.

    The card is in my list a moment after I come back.
    """
    customer = await queries.find_customer(session, caller.account_id, gateway=gateway.name)
    # Nobody's connection waits while the payment service is asked.
    await session.rollback()
    try:
        if customer is None:
            key = f"customer:{caller.account_id}"
            opened = await gateway.open_customer(key=key, account_id=caller.account_id)
            customer = await service.remember_customer(
                session, caller.account_id, gateway=gateway.name, reference=opened
            )
            # Before anything is saved under that name: a webhook must find whose it is.
            await session.commit()
        page = await gateway.open_card_page(
            customer=customer, return_url=public_url + data.return_path, locale=language
        )
    except GatewayUnavailable:
        raise PaymentServiceAway from None
    return CardPageView(page.url)


@delete(
    "/v1/me/cards/{card_id:uuid}",
    guards=[signed_in],
    summary="Remove a card",
    tags=["me"],
    operation_id="remove_card",
    opt={"problems": [NotSignedIn, CrossSiteRequest, UnknownCard]},
)
async def remove_card(
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    gateway: NamedDependency[PaymentGateway],
    card_id: Annotated[UUID, PathParameter(description="Id of a card")],
) -> None:
    """It is never charged again."""
    card = await service.remove_card(session, clock, account_id=caller.account_id, card_id=card_id)
    # May be lost: what counts is that we charge it no more.
    after_commit(session, lambda: gateway.forget_card(card.reference))


ROUTES: list[ControllerRouterHandler] = [list_cards, open_card_page, remove_card]
