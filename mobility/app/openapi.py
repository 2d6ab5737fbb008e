"""The OpenAPI document: what Litestar derives from the handlers, completed with refusals and credentials."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import (
    Components,
    Contact,
    Example,
    License,
    OpenAPI,
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
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from mobility.app.idempotency import (
    KEY_LENGTH_MAX,
    IdempotencyKeyMissing,
    IdempotencyKeyTooLong,
    IdempotencyKeyUnreadable,
)
from mobility.app.problems import MEDIA_TYPE, BodyTooLarge, InvalidRequest, UnknownField, UnstorableText
from mobility.base.errors import Problem
from mobility.base.money import Money
from mobility.db.idempotency import IdempotencyKeyReused

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

PROBLEM_SCHEMA = Schema(
    type=OpenAPIType.OBJECT,
    title="Problem",
    description="A refusal (RFC 9457). `code` is stable; `detail` is a sentence in the language of Accept-Language. "
    "Further members are the facts of this refusal, as `retry_after_s` or `allowed`.",
    properties={
        "type": Schema(type=OpenAPIType.STRING),
        "title": Schema(type=OpenAPIType.STRING),
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": Schema(type=OpenAPIType.STRING),
        "code": Schema(type=OpenAPIType.STRING),
        "instance": Schema(type=OpenAPIType.STRING, description="Path of the request"),
        "request_id": Schema(type=OpenAPIType.STRING, description="For support; also in the header X-Request-Id"),
        "errors": Schema(
            type=OpenAPIType.ARRAY,
            description="What was not understood, by place in the body or name of the parameter",
            items=Schema(
                type=OpenAPIType.OBJECT,
                properties={"path": Schema(type=OpenAPIType.STRING), "message": Schema(type=OpenAPIType.STRING)},
                required=["path", "message"],
            ),
        ),
    },
    required=["type", "title", "status", "detail", "code", "instance", "request_id"],
)

ALWAYS: tuple[type[Problem], ...] = (InvalidRequest, UnstorableText)
WITH_BODY: tuple[type[Problem], ...] = (UnknownField, BodyTooLarge)
WITH_KEY: tuple[type[Problem], ...] = (
    IdempotencyKeyMissing,
    IdempotencyKeyTooLong,
    IdempotencyKeyUnreadable,
    IdempotencyKeyReused,
)

DESCRIPTION = """
Find, reserve, ride and pay shared vehicles; run their fleet.

Times are RFC 3339 in UTC, positions WGS 84 with longitude first, distances metres, money integer cents.
Every refusal is `application/problem+json` with a stable `code`. Every request that creates something takes an
`Idempotency-Key`: repeat it with the same key when an answer was lost, and nothing happens twice.
"""


class Document(OpenAPI):
    """Completed when it is first written out: deriving it takes as long as composing the whole application."""

    app: Litestar
    is_complete = False

    def to_schema(self) -> dict[str, Any]:
        if not self.is_complete:
            self.is_complete = True
            complete(self.app)
        return super().to_schema()


class DocumentConfig(OpenAPIConfig):
    app: Litestar

    def to_openapi_schema(self) -> OpenAPI:
        document = Document(**vars(super().to_openapi_schema()))
        document.app = self.app
        return document


def openapi_config(version: str) -> DocumentConfig:
    assets = "/assets/swagger-ui"
    return DocumentConfig(
        title="mobility",
        version=version,
        description=DESCRIPTION,
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        contact=Contact(name="The city's mobility desk"),
        path="/docs",
        use_handler_docstrings=True,
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
                "partner": SecurityScheme(type="http", scheme="bearer", description="The token of a partner, `mobp_…`"),
                "vehicle": SecurityScheme(type="http", scheme="bearer", description="`<vehicle_id>.<secret>`"),
                "webhook": SecurityScheme(
                    type="apiKey",
                    security_scheme_in="header",
                    name="Stripe-Signature",
                    description="Signature of the payment service",
                ),
            },
        ),
        tags=[
            Tag(name="sign-in", description="One-time codes and sessions"),
            Tag(name="me", description="The signed-in person"),
            Tag(name="city", description="Places, zones, stations"),
            Tag(name="find", description="Vehicles nearby, what one may drive, what a ride costs"),
            Tag(name="ride", description="Hold, ride, pause, end, pay"),
            Tag(name="fleet", description="Operators: vehicles, states, live map"),
            Tag(name="damage", description="Reports with photos, work orders"),
            Tag(name="telemetry", description="Vehicles report"),
            Tag(name="accounts", description="Operators: people and licences"),
            Tag(name="support", description="Operators: money given back"),
            Tag(name="oversight", description="Cities: figures, their definitions, the facts behind them"),
            Tag(name="notices", description="What operators tell everybody of the service"),
            Tag(name="partners", description="Apps of others, told by webhooks what changes in the feeds"),
            Tag(name="webhooks", description="Other services tell us something"),
            Tag(name="health", description="For machines that watch this one"),
        ],
    )


class StructPlugin(StructSchemaPlugin):
    """Publishes what a struct's docstring says of it."""

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: "SchemaCreator") -> Schema:
        schema = super().to_openapi_schema(field_definition, schema_creator)
        told = cleandoc(field_definition.type_.__dict__.get("__doc__") or "")
        schema.description = told.partition("\n\nRaises\n")[0] or None
        return schema


class TuplePlugin(OpenAPISchemaPlugin):
    """Publishes `tuple[X, ...]` as an array of X; Litestar takes the dots for a second type that may be anything."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.origin is tuple and field_definition.args[-1:] == (Ellipsis,)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: "SchemaCreator") -> Schema:
        item = schema_creator.for_field_definition(field_definition.inner_types[0])
        return Schema(type=OpenAPIType.ARRAY, items=item)


def complete(app: Litestar) -> None:
    """Add to each operation its refusals (`opt["problems"]`), its key header and its credentials.

    msgspec does not publish `forbid_unknown_fields`, so request bodies get `additionalProperties: false` here.
    """
    # Not in the configuration: Litestar replaces the schemas named there by those it derives.
    components = app.openapi_schema.components
    components.schemas = {**(components.schemas or {}), "Problem": PROBLEM_SCHEMA}
    # Litestar says of a dataclass what was said of the first member that holds one.
    components.schemas["Money"].description = Money.__doc__
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
    for status, response in (operation.responses or {}).items():
        # Litestar's own sentences promise what is not so ("Document created, URL follows").
        if response.description == HTTPStatus(int(status)).description:
            response.description = HTTPStatus(int(status)).phrase
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
        "request_id": "9d5ed678fe57bcca610140957afab571",
    }


def _key_parameter() -> Parameter:
    return Parameter(
        name="Idempotency-Key",
        param_in="header",
        required=True,
        description="A new value for each intention; the same value when repeating it.",
        schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=KEY_LENGTH_MAX, pattern="^[ -~]*$"),
        example="6f1d9a52-hold-1",
    )


def _close_request_body(app: Litestar, operation: Operation) -> None:
    for media in getattr(operation.request_body, "content", {}).values():
        _close(app.openapi_schema.components.schemas or {}, media.schema)


def _close(components: Mapping[str, Schema], schema: object) -> None:
    """Allow no members but the declared ones, in the parts too."""
    if isinstance(schema, Reference):
        whole = components[schema.ref.rpartition("/")[2]]
        whole.additional_properties = False
        for part in (whole.properties or {}).values():
            _close(components, part)
    elif isinstance(schema, Schema):
        for part in [*(schema.all_of or ()), *(schema.one_of or ())]:
            _close(components, part)
