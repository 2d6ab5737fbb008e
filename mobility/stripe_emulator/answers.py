"""From a request to its answer: who asks, once per idempotency key, all or nothing, one page at a time."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobility.stripe_emulator.account import Account, whole
from mobility.stripe_emulator.catalogue import find_operation
from mobility.stripe_emulator.errors import StripeError, invalid, unknown
from mobility.stripe_emulator.forms import Params, read_form
from mobility.stripe_emulator.store import Object, public

PAGE_MAX, PAGE = 100, 10
# What Stripe answers again to a repeated key: whatever came after it had begun to do something.
KEPT = frozenset({200, 402, 500})


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    form: str
    key: str | None = None
    authorized: bool = True

    @property
    def hash(self) -> str:
        return hashlib.sha256(f"{self.method} {self.path} {self.form}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Object
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(account: Account, request: Request) -> Answer:
    """Do what is asked, or say why not; a repeated key is answered as the first time."""
    account.request = {"id": account.store.new_id("req", 14), "idempotency_key": request.key}
    named = {"Request-Id": account.request["id"]}
    try:
        if not request.authorized:
            raise StripeError(401, "invalid_request_error", "You did not provide a secret API key.")
        if request.key and request.method == "POST" and (before := _answered(account, request)):
            return Answer(before.status, before.body, {**named, "Idempotent-Replayed": "true"})
        status, body = account.store.in_one_piece(lambda: _kept(account, request))
    except StripeError as error:
        status, body = error.status, {"error": public(error.facts)}
    return Answer(status, body, named)


def _kept(account: Account, request: Request) -> tuple[int, Object]:
    """The answer, remembered under its key in the same piece as its effects.

    A declined card has effects too: the failed charge stays.
    """
    try:
        status, body = 200, _done(account, request)
    except StripeError as error:
        if error.status not in KEPT:
            raise
        status, body = error.status, {"error": public(error.facts)}
    if request.key and request.method == "POST":
        account.store.db.execute(
            "INSERT INTO request (key, hash, status, body) VALUES (?, ?, ?, ?)",
            (request.key, request.hash, status, json.dumps(body)),
        )
    return status, body


def _answered(account: Account, request: Request) -> Answer | None:
    row = account.store.db.execute("SELECT hash, status, body FROM request WHERE key = ?", (request.key,)).fetchone()
    if row is None:
        return None
    if row[0] != request.hash:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        raise StripeError(400, "idempotency_error", message)
    return Answer(row[1], json.loads(row[2]))


def _done(account: Account, request: Request) -> Object:
    found = find_operation(request.method, request.path)
    if found is None:
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        raise StripeError(404, "invalid_request_error", message)
    operation, ids = found
    params = read_form(request.form)
    result = operation(account, params, **ids)
    expand = params.get("expand", [])
    if isinstance(result, list):
        return _page(account, request.path, result, params, [each.removeprefix("data.") for each in expand])
    return _expanded(account, public(result), expand)


def _page(account: Account, path: str, found: list[Object], params: Params, expand: list[str]) -> Object:
    limit = whole(params, "limit") or PAGE
    if not 1 <= limit <= PAGE_MAX:
        raise invalid("limit", f"Invalid integer: limit must be between 1 and {PAGE_MAX}.")
    found = [each for each in found if _created_within(each, params.get("created"))]
    ids = [each["id"] for each in found]
    for cursor in ("starting_after", "ending_before"):
        if cursor in params and params[cursor] not in ids:
            raise unknown("object", params[cursor])
    if "ending_before" in params:
        rest = found[: ids.index(params["ending_before"])]
        page, more = rest[-limit:], len(rest) > limit
    else:
        rest = found[ids.index(params["starting_after"]) + 1 :] if "starting_after" in params else found
        page, more = rest[:limit], len(rest) > limit
    data = [_expanded(account, public(each), expand) for each in page]
    return {"object": "list", "data": data, "has_more": more, "url": path}


def _created_within(each: Object, asked: Any) -> bool:
    if not asked:
        return True
    if isinstance(asked, str):
        return bool(each["created"] == int(asked))
    compare = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(compare[name](each["created"], int(value)) for name, value in asked.items())


def _expanded(account: Account, body: Object, paths: list[str]) -> Object:
    """The object with the ids along each path (`latest_charge.balance_transaction`) replaced by what they name."""
    for path in paths:
        head, _, rest = path.partition(".")
        inner = body.get(head)
        if isinstance(inner, str) and (found := account.store.find(inner)):
            inner = public(found)
        if isinstance(inner, dict):
            body = {**body, head: _expanded(account, inner, [rest] if rest else [])}
    return body
