"""Stripe's error objects: https://docs.stripe.com/api/errors."""

from typing import Any


class StripeError(Exception):
    """An answer that is no success; `facts` are the members of its `error` object."""

    def __init__(self, status: int, type_: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.status = status
        self.facts = {"type": type_, "message": message, **facts}


def missing(param: str) -> StripeError:
    return StripeError(
        400, "invalid_request_error", f"Missing required param: {param}.", code="parameter_missing", param=param
    )


def invalid(param: str, message: str, code: str = "parameter_invalid_integer") -> StripeError:
    return StripeError(400, "invalid_request_error", message, code=code, param=param)


def unknown(kind: str, id_: str) -> StripeError:
    message = f"No such {kind}: '{id_}'"
    return StripeError(404, "invalid_request_error", message, code="resource_missing", param="id")


def unexpected_state(code: str, message: str, **facts: Any) -> StripeError:
    return StripeError(400, "invalid_request_error", message, code=code, **facts)


def card_error(code: str, message: str, *, decline_code: str | None = None, **facts: Any) -> StripeError:
    named = {} if decline_code is None else {"decline_code": decline_code}
    return StripeError(402, "card_error", message, code=code, **named, **facts)
