from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from mobility.city.service import UnknownCity, get_city
from mobility.helpdesk import service
from mobility.helpdesk.routes.given import PAGE_DEFAULT, READING, AccountId, CityId, Clock, Limit, Me, Session, Why
from mobility.helpdesk.rules.acts import ActKind
from mobility.helpdesk.schemas import EntryView, Timeline
from mobility.helpdesk.service import Wish
from mobility.invoicing import queries as documents
from mobility.invoicing import service as papers
from mobility.invoicing.ports import Typesetter
from mobility.invoicing.rules.refusals import DocumentNotNumbered, UnknownDocument
from mobility.riders.guards import has_role
from mobility.riders.rules.profiles import UnknownAccount
from mobility.riders.service import require_seen


@get(
    "/v1/cities/{city:str}/accounts/{account_id:uuid}/timeline",
    guards=[has_role("operator")],
    summary="Read what happened with a rider",
    tags=["support"],
    operation_id="read_timeline",
    opt={"problems": [*READING, UnknownCity, UnknownAccount]},
)
async def read_timeline(
    session: Session,
    clock: Clock,
    caller: Me,
    city: CityId,
    account_id: AccountId,
    reason: Why,
    before: Annotated[datetime | None, QueryParameter(description="`next` of the page before")] = None,
    limit: Limit = PAGE_DEFAULT,
) -> Timeline:
    """Holds, bookings, rides, payments, documents, reports and decisions in this city, without any position."""
    await get_city(session, city)
    await require_seen(session, caller, account_id)
    wish = Wish(
        kind=ActKind.TIMELINE,
        city_id=city,
        account_id=account_id,
        reference_id=account_id,
        reason=reason,
        asked_by=caller.account_id,
    )
    found = await service.timeline(session, clock, wish, before=before, limit=limit + 1)
    items = [EntryView.of(entry) for entry in found[:limit]]
    return Timeline(items=items, next=items[-1].at if len(found) > limit else None)


@get(
    "/v1/support/documents/{document_id:uuid}/pdf",
    guards=[has_role("operator")],
    summary="Open a rider's receipt or credit note",
    tags=["support"],
    operation_id="open_document",
    media_type=papers.PDF,
    responses={200: ResponseSpec(bytes, description="The document", media_type=papers.PDF)},
    opt={"problems": [*READING, UnknownDocument, DocumentNotNumbered]},
)
async def open_document(
    session: Session,
    clock: Clock,
    caller: Me,
    typesetter: NamedDependency[Typesetter],
    document_id: Annotated[UUID, PathParameter(description="Id of a document of the timeline")],
    reason: Why,
) -> Response[Any]:
    """As its rider gets it, in the reader's language. That it was opened, and why, is kept first."""
    document = await documents.get_document(session, document_id)
    caller.require("operator", document.city_id)
    wish = Wish(
        kind=ActKind.DOCUMENT,
        city_id=document.city_id,
        account_id=document.account_id,
        reference_id=document_id,
        reason=reason,
        asked_by=caller.account_id,
    )
    await service.note_reading(session, clock, wish)
    content = await typesetter.pdf(await papers.paper(session, document, caller.locale))
    name = papers.file_name(document, caller.locale)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=papers.PDF, headers=headers)


ROUTES: list[ControllerRouterHandler] = [read_timeline, open_document]
