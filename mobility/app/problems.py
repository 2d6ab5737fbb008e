"""Every refusal leaves the building here, as application/problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mobility.app.language import language_of
from mobility.base.errors import Malformed, NotFound, Problem, TooLarge, Unavailable

MEDIA_TYPE = "application/problem+json"
# lock not available, deadlock, serialization failure, statement cancelled: the same request may pass a moment later.
TRANSIENT_SQLSTATES = frozenset({"55P03", "40P01", "40001", "57014"})
# character not in repertoire, untranslatable character: no text and no JSON in PostgreSQL holds U+0000.
TEXT_SQLSTATES = frozenset({"22021", "22P05"})

log = structlog.get_logger()


class InvalidRequest(Malformed):
    code = "invalid_request"
    fr = "La demande n'est pas comprise : {first}"
    en = "The request is not understood: {first}"


class UnknownField(Malformed):
    code = "unknown_field"
    fr = "La demande contient un champ inconnu : {first}"
    en = "The request has an unknown field: {first}"


class UnstorableText(Malformed):
    code = "unstorable_text"
    fr = "La demande contient un texte que nous ne pouvons pas garder : le caractère U+0000."
    en = "The request holds a text that we cannot keep: the character U+0000."


class NoSuchPage(NotFound):
    code = "not_found"
    fr = "Rien ne se trouve à cette adresse."
    en = "There is nothing at this address."


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    fr = "Cette adresse n'accepte pas cette méthode."
    en = "This address does not take this method."


class BodyTooLarge(TooLarge):
    code = "body_too_large"
    fr = "La demande est trop grande."
    en = "The request is too large."


class Busy(Unavailable):
    code = "busy"
    fr = "Le service est très demandé. Rien n'a été fait ni débité : réessayez dans un instant."
    en = "The service is busy. Nothing was done or charged: try again in a moment."


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    fr = "Le service est momentanément arrêté. Rien n'a été débité : réessayez dans une minute."
    en = "The service is down for a moment. Nothing was charged: try again in a minute."


class InternalError(Problem):
    status = 500
    code = "internal_error"
    fr = "Une erreur de notre côté. Rien n'a été débité ; citez le numéro de demande au support."
    en = "An error on our side. Nothing was charged; quote the request id to support."


BY_SQLSTATE: dict[str | None, type[Problem]] = {
    **dict.fromkeys(TRANSIENT_SQLSTATES, Busy),
    **dict.fromkeys(TEXT_SQLSTATES, UnstorableText),
}
BY_STATUS: dict[int, type[Problem]] = {
    404: NoSuchPage,
    405: MethodNotAllowed,
    413: BodyTooLarge,
}


def render(request: Request[Any, Any, Any], problem: Problem) -> Response[dict[str, Any]]:
    """The problem document in the caller's language."""
    headers = {"Vary": "Accept-Language"}
    if "retry_after_s" in problem.facts or problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(problem.facts.get("retry_after_s", 1))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    document = {
        **problem.facts,
        "type": f"urn:mobility:problem:{problem.code}",
        "title": problem.code.replace("_", " ").capitalize(),
        "status": problem.status,
        "detail": problem.sentence(language_of(request.headers.get("accept-language"))),
        "code": problem.code,
        "instance": request.url.path,
        "request_id": request.scope.get("request_id"),
    }
    # A standard that a handler speaks may want members of its own beside these.
    told_as = getattr(request.scope.get("route_handler"), "opt", {}).get("refusals")
    told = told_as(document) if told_as else document
    return Response(told, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def _refused(request: Request[Any, Any, Any], problem: Problem) -> Response[dict[str, Any]]:
    request.scope["problem_code"] = problem.code  # type: ignore[typeddict-unknown-key]
    return render(request, problem)


def _not_understood(request: Request[Any, Any, Any], error: ValidationException) -> Response[dict[str, Any]]:
    errors = [
        {"path": _told_name(request, str(extra.get("key", ""))), "message": str(extra.get("message", ""))}
        for extra in (error.extra if isinstance(error.extra, list) else [])
    ] or [{"path": "", "message": str(error.detail)}]
    unknown = any("unknown field" in each["message"] for each in errors)
    first = " ".join(filter(None, [errors[0]["path"], errors[0]["message"]]))
    return _refused(request, (UnknownField if unknown else InvalidRequest)(errors=errors, first=first))


def _told_name(request: Request[Any, Any, Any], key: str) -> str:
    """What the caller knows an argument of the handler by."""
    field = request.route_handler.parsed_fn_signature.parameters.get(key)
    return getattr(field and field.kwarg_definition, "name", None) or key


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    known = BY_STATUS.get(error.status_code)
    if known is not None:
        response = _refused(request, known())
        if "allow" in (error.headers or {}):
            response.set_header("Allow", (error.headers or {})["allow"])
        return response
    if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _refused(request, InvalidRequest(errors=[{"path": "", "message": error.detail}], first=error.detail))
    return _unexpected(request, error)


def _database(request: Request[Any, Any, Any], error: DBAPIError) -> Response[dict[str, Any]]:
    known = BY_SQLSTATE.get(getattr(error.orig, "sqlstate", None))
    if known is None and (isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated):
        known = DatabaseUnavailable
    return _unexpected(request, error) if known is None else _refused(request, known())


def _driver(request: Request[Any, Any, Any], error: asyncpg.PostgresError) -> Response[dict[str, Any]]:
    known = BY_SQLSTATE.get(error.sqlstate)
    if known is None and isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
        known = DatabaseUnavailable
    return _unexpected(request, error) if known is None else _refused(request, known())


def _pool(request: Request[Any, Any, Any], _: PoolTimeout) -> Response[dict[str, Any]]:
    return _refused(request, Busy())


def _connection(request: Request[Any, Any, Any], _: OSError) -> Response[dict[str, Any]]:
    return _refused(request, DatabaseUnavailable())


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    # The type and the place, never the message: it may quote a person's data.
    log.error("unexpected_error", error=type(error).__name__, request_id=request.scope.get("request_id"), exc_info=True)
    return _refused(request, InternalError())


HANDLERS: ExceptionHandlersMap = {
    Problem: _refused,
    ValidationException: _not_understood,
    HTTPException: _http,
    PoolTimeout: _pool,
    DBAPIError: _database,
    asyncpg.PostgresError: _driver,
    ConnectionError: _connection,
    Exception: _unexpected,
}


def answer_to(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """The problem document for what was raised outside a handler."""
    handler = next(HANDLERS[kind] for kind in type(error).__mro__ if kind in HANDLERS)
    return handler(request, error)
