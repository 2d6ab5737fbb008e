"""Structured logs: one JSON object a line, without personal data."""

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

# A log line carries only these; a new field is a decision, not an accident.
ALLOWED = frozenset(
    {"event", "level", "timestamp", "request_id", "method", "route", "status", "duration_ms", "code", "error"}
    | {"exception", "message_id", "attempts", "job", "touched", "topic", "city", "port", "pid", "count"}
)


def only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop every field that was not decided on, so that no person, position or secret slips into a log."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def safe_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Files and lines of an exception without its message, which may quote a person's data."""
    if event.pop("exc_info", None) and (trace := sys.exc_info()[2]) is not None:
        places = []
        while trace is not None:
            places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["exception"] = places[-12:]
    return event


def configure_logs(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            safe_traceback,
            only_allowed,
            structlog.processors.JSONRenderer(_as_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _as_json(event: Mapping[str, Any], default: Callable[[Any], Any]) -> bytes:
    return msgspec.json.encode(event, enc_hook=default)
