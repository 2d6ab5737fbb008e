from dataclasses import dataclass
from typing import Annotated, Any, Self

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody
from msgspec import Meta, Struct

from mobility.telemetry.rules.reports import BATCH_MAX, Refusal, Report
from mobility.telemetry.service import Outcome


class TelemetryBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What vehicles send; the handler reads it report by report, so that a bad one does not refuse the others."""

    reports: Annotated[list[Report], Meta(max_length=BATCH_MAX, description="In any order, late and repeated ones too")]


class RefusedReport(Struct, frozen=True):
    index: Annotated[int, Meta(description="Place of the report in the batch, from 0")]
    code: Annotated[Refusal, Meta(description="Why it was not taken; do not send it again")]


class BatchResult(Struct, frozen=True):
    accepted: Annotated[int, Meta(description="Reports stored now", examples=[498])]
    repeated: Annotated[int, Meta(description="Reports stored before, by their `seq`", examples=[1])]
    refused: list[RefusedReport]

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        return cls(outcome.accepted, outcome.repeated, [RefusedReport(*each) for each in outcome.refused])


@dataclass
class BatchOperation(Operation):
    """Publishes the schema of a batch that the handler takes as bytes."""

    def __post_init__(self) -> None:
        schema, parts = msgspec.json.schema_components([TelemetryBatch])
        body: Any = _inline(schema[0], parts)
        self.request_body = RequestBody(required=True, content={"application/json": OpenAPIMediaType(schema=body)})


def _inline(schema: Any, parts: dict[str, Any]) -> Any:
    """The schema with its references replaced by what they name."""
    if isinstance(schema, dict):
        named = parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
        own = {key: value for key, value in schema.items() if key != "$ref"}
        return {key: _inline(value, parts) for key, value in {**named, **own}.items()}
    return [_inline(each, parts) for each in schema] if isinstance(schema, list) else schema
