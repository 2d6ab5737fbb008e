from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.invoicing import queries, service
from mobility.invoicing.ports import Typesetter
from mobility.invoicing.rules.refusals import DocumentNotNumbered, UnknownDocument
from mobility.invoicing.schemas import (
    DocumentList,
    DocumentRow,
    DocumentView,
    StatementChoiceRequest,
    StatementChoiceView,
)
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn

PAGE_DEFAULT, PAGE_MAX = 50, 100

DocumentId = Annotated[UUID, PathParameter(description="Id of a document")]


@get(
    "/v1/documents",
    guards=[signed_in],
    summary="List my receipts and credit notes",
    tags=["me"],
    operation_id="list_documents",
    opt={"problems": [NotSignedIn]},
)
async def list_documents(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> DocumentList:
    """Newest first."""
    found = await queries.list_documents(session, caller.account_id, limit=limit + 1, after=after)
    page = found[:limit]
    return DocumentList(
        items=[DocumentRow.of(document) for document in page], next=page[-1].id if len(found) > limit else None
    )


@get(
    "/v1/documents/{document_id:uuid}",
    guards=[signed_in],
    summary="Read one of my receipts or credit notes",
    tags=["me"],
    operation_id="get_document",
    opt={"problems": [NotSignedIn, UnknownDocument]},
)
async def get_document(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    language: NamedDependency[str],
    document_id: DocumentId,
) -> DocumentView:
    """As it was issued; its number follows within seconds."""
    document = await queries.get_own_document(session, document_id, caller.account_id)
    return DocumentView.told(document, language)


@get(
    "/v1/documents/{document_id:uuid}/pdf",
    guards=[signed_in],
    summary="One of my receipts or credit notes as PDF",
    tags=["me"],
    operation_id="get_document_pdf",
    media_type=service.PDF,
    responses={200: ResponseSpec(bytes, description="The document", media_type=service.PDF)},
    opt={"problems": [NotSignedIn, UnknownDocument, DocumentNotNumbered]},
)
async def get_document_pdf(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    typesetter: NamedDependency[Typesetter],
    document_id: DocumentId,
) -> Response[Any]:
    """In my language, whatever the browser's."""
    document = await queries.get_own_document(session, document_id, caller.account_id)
    content = await typesetter.pdf(await service.paper(session, document, caller.locale))
    name = service.file_name(document, caller.locale)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=service.PDF, headers=headers)


@get(
    "/v1/me/statements",
    guards=[signed_in],
    summary="Whether I get a statement of each month",
    tags=["me"],
    operation_id="get_statement_choice",
    opt={"problems": [NotSignedIn]},
)
async def get_statement_choice(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller]
) -> StatementChoiceView:
    return StatementChoiceView(wanted=await queries.wants_statements(session, caller.account_id))


@put(
    "/v1/me/statements",
    guards=[signed_in],
    summary="Choose whether I get a statement of each month",
    tags=["me"],
    operation_id="choose_statements",
    opt={"problems": [NotSignedIn, CrossSiteRequest]},
)
async def choose_statements(
    data: JSONBody[StatementChoiceRequest],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> StatementChoiceView:
    """By e-mail, on the first of the month, to whoever had something to pay or got something back."""
    await service.choose_statements(session, clock, caller.account_id, wanted=data.wanted)
    return StatementChoiceView(wanted=data.wanted)


ROUTES: list[ControllerRouterHandler] = [
    list_documents,
    get_document,
    get_document_pdf,
    get_statement_choice,
    choose_statements,
]
