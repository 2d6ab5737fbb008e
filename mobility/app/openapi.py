"""The OpenAPI document: what Litestar derives from the handlers, completed with refusals and credentials."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import (
    Components,
    Contact,
    Example,
    License,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    Reference,
    Schema,
    SecurityScheme,
    Tag,
)

from mobility.app.idempotency import (
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    IdempotencyKeyTooLong,
)
from mobility.app.problems import MEDIA_TYPE, InvalidRequest, UnknownField
from mobility.base.errors import Problem

PROBLEM_SCHEMA = Schema(
    type=OpenAPIType.OBJECT,
    title="Problem",
    description="A refusal (RFC 9457). `code` is stable; `detail` is a sentence in the language of Accept-Language.",
    properties={
        "type": Schema(type=OpenAPIType.STRING),
        "title": Schema(type=OpenAPIType.STRING),
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": Schema(type=OpenAPIType.STRING),
        "code": Schema(type=OpenAPIType.STRING),
        "instance": Schema(type=OpenAPIType.STRING),
        "request_id": Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL]),
    },
    required=["type", "title", "status", "detail", "code", "instance"],
)

ALWAYS: tuple[type[Problem], ...] = (InvalidRequest,)
WITH_BODY: tuple[type[Problem], ...] = (UnknownField,)
WITH_KEY: tuple[type[Problem], ...] = (IdempotencyKeyMissing, IdempotencyKeyTooLong, IdempotencyKeyReused)

DESCRIPTION = """
Find, reserve, ride and pay shared vehicles; run their fleet.

Times are RFC 3339 in UTC, positions WGS 84 with longitude first, distances metres, money integer cents.
Every refusal is `application/problem+json` with a stable `code`. Every request that creates something takes an
`Idempotency-Key`: repeat it with the same key when an answer was lost, and nothing happens twice.
"""


def openapi_config(version: str) -> OpenAPIConfig:
    assets = "/assets/swagger-ui"
    return OpenAPIConfig(
        title="mobility",
        version=version,
        description=DESCRIPTION,
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        contact=Contact(name="The city's mobility desk"),
        path="/docs",
        render_plugins=[
            SwaggerRenderPlugin(
                path="/",
                js_url=f"{assets}/swagger-ui-bundle.js",
                css_url=f"{assets}/swagger-ui.css",
                standalone_preset_js_url=f"{assets}/swagger-ui-standalone-preset.js",
                favicon=f"<link rel='icon' href='{assets}/favicon-32x32.png'>",
            ),
            JsonRenderPlugin(path="/openapi.json"),
        ],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", description="Token of a sign-in (apps)"),
                "cookie": SecurityScheme(
                    type="apiKey", security_scheme_in="cookie", name="mobility_session", description="Web sign-in"
                ),
                "vehicle": SecurityScheme(type="http", scheme="bearer", description="`<vehicle_id>.<secret>`"),
            },
        ),
        tags=[
            Tag(name="sign-in", description="One-time codes and sessions"),
            Tag(name="me", description="The signed-in person"),
            Tag(name="city", description="Places, zones, stations"),
            Tag(name="ride", description="Find, quote, hold, ride, end"),
            Tag(name="fleet", description="Operators: vehicles, states, live map"),
            Tag(name="telemetry", description="Vehicles report"),
            Tag(name="accounts", description="Operators: people and licences"),
            Tag(name="health", description="For machines that watch this one"),
        ],
    )


def complete(app: Litestar) -> None:
    """Add to each operation its refusals (`opt["problems"]`), its key header and its credentials.

    msgspec does not publish `forbid_unknown_fields`, so request bodies get `additionalProperties: false` here.
    """
    # Not in the configuration: Litestar replaces the schemas named there by those it derives.
    components = app.openapi_schema.components
    components.schemas = {**(components.schemas or {}), "Problem": PROBLEM_SCHEMA}
    handlers = {
        (route.path_format, method): handler
        for route in app.routes
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items()
    }
    for path, item in (app.openapi_schema.paths or {}).items():
        for method in ("get", "post", "put", "patch", "delete"):
            operation: Operation | None = getattr(item, method)
            if operation is not None and (handler := handlers.get((path, method.upper()))):
                _complete_operation(app, operation, handler.opt, has_guards=bool(handler.resolve_guards()))


def _complete_operation(app: Litestar, operation: Operation, opt: dict[str, Any], *, has_guards: bool) -> None:
    problems: list[type[Problem]] = [*ALWAYS, *opt.get("problems", ())]
    if operation.request_body is not None:
        problems += WITH_BODY
        _close_request_body(app, operation)
    if opt.get("idempotent"):
        problems += WITH_KEY
        operation.parameters = [*(operation.parameters or []), _key_parameter()]
    if has_guards:
        operation.security = [{"bearer": []}, {"cookie": []}]
    elif "security" in opt:
        operation.security = [{opt["security"]: []}]
    operation.responses = {**(operation.responses or {}), **_responses(problems)}


def _responses(problems: Sequence[type[Problem]]) -> dict[str, OpenAPIResponse | Reference]:
    by_status: dict[int, list[type[Problem]]] = defaultdict(list)
    for problem in dict.fromkeys(problems):
        by_status[problem.status].append(problem)
    return {str(status): _response(group) for status, group in sorted(by_status.items())}


def _response(group: Sequence[type[Problem]]) -> OpenAPIResponse:
    examples = {problem.code: Example(summary=problem.en, value=_example(problem)) for problem in group}
    media = OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"), examples=dict(examples))
    return OpenAPIResponse(
        description=" · ".join(f"`{problem.code}`" for problem in group), content={MEDIA_TYPE: media}
    )


def _example(problem: type[Problem]) -> dict[str, Any]:
    return {
        "type": f"urn:mobility:problem:{problem.code}",
        "title": problem.code.replace("_", " ").capitalize(),
        "status": problem.status,
        "detail": problem.fr,
        "code": problem.code,
        "instance": "/v1/…",
    }


def _key_parameter() -> Parameter:
    return Parameter(
        name="Idempotency-Key",
        param_in="header",
        required=True,
        description="A new value for each intention; the same value when repeating it.",
        schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=128),
        example="6f1d9a52-hold-1",
    )


def _close_request_body(app: Litestar, operation: Operation) -> None:
    for media in getattr(operation.request_body, "content", {}).values():
        reference = getattr(media.schema, "ref", None)
        if reference is not None:
            schemas = app.openapi_schema.components.schemas or {}
            schemas[reference.rsplit("/", 1)[-1]].additional_properties = False
