"""The emulator as an ASGI application."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from litestar import Litestar, Request, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response import Redirect

from mobility.stripe_emulator import answers, pages
from mobility.stripe_emulator.account import Account
from mobility.stripe_emulator.answers import Answer, answer
from mobility.stripe_emulator.errors import StripeError
from mobility.stripe_emulator.faults import Fault, Faults, WebhookFault
from mobility.stripe_emulator.forms import read_form
from mobility.stripe_emulator.operations.account_events import Listener, expire_holds, tell_only
from mobility.stripe_emulator.store import Store
from mobility.stripe_emulator.webhooks import deliver_due, deliver_forever

HOLDS_LOOKED_AT_EVERY_S = 60.0
Asked = Request[Any, Any, Any]


def create_emulator(
    path: str,
    *,
    url: str,
    now: Callable[[], float] = time.time,
    seed: int | None = None,
    http: Any = None,
    listener: Listener | None = None,
) -> Litestar:
    """Stripe's API at `url`, its state in the SQLite file `path` (":memory:" forgets).

    Events are told to `listener` alone if there is one, else to the endpoints that were made by the API. Any secret key
    that begins with `sk_test_` or `rk_test_` opens it. Faults are planned at `/emulator/faults`.
    """
    account, faults = Account(Store(path, seed=seed), now=now, url=url), Faults()
    if listener is not None:
        tell_only(account, listener)
    outside = http or httpx.AsyncClient()

    @route("/v1/{_:path}", http_method=["GET", "POST", "DELETE"])
    async def api(request: Asked) -> Response[Any]:
        asked = await _read(request)
        fault = faults.take(asked.method, asked.path)
        if fault in FAILING:
            return _response(FAILING[fault])
        if fault is Fault.LOST:
            await _until_gone(request)
            return _response(FAILING[Fault.REFUSED])
        answered = answer(account, asked)
        if fault is Fault.UNANSWERED:
            await _until_gone(request)
        if fault is Fault.SLOW:
            await deliver_due(account, faults, outside, now)
        return _response(FAILING[Fault.REFUSED] if fault is Fault.BROKEN else answered)

    @get("/emulator/checkout/{session:str}", media_type="text/html", sync_to_thread=False)
    def show_checkout(session: FromPath[str]) -> str:
        return pages.checkout_page(account, session)

    @post("/emulator/checkout/{session:str}", media_type="text/html", status_code=200)
    async def take_card(request: Asked, session: FromPath[str]) -> Any:
        form = read_form((await request.body()).decode())
        target, why = pages.submit_checkout(account, session, form)
        return Redirect(target, status_code=303) if target else pages.checkout_page(account, session, why)

    @get("/emulator/authenticate/{intent:str}", media_type="text/html", sync_to_thread=False)
    def show_bank(intent: FromPath[str]) -> str:
        return pages.authentication_page(account, intent)

    @post("/emulator/authenticate/{intent:str}", media_type="text/html", status_code=200)
    async def take_answer(request: Asked, intent: FromPath[str]) -> Any:
        form = read_form((await request.body()).decode())
        target = pages.submit_authentication(account, intent, passed=form.get("answer") == "yes")
        return Redirect(target, status_code=303) if target else pages.page("Merci", "<p>OK</p>")

    @post("/emulator/faults", status_code=204)
    async def plan_fault(request: Asked) -> None:
        form = read_form((await request.body()).decode())
        if "webhooks" in form:
            faults.webhooks = {WebhookFault(each) for each in form["webhooks"]}
        if "operation" in form:
            faults.plan(form["operation"], Fault(form["fault"]), int(form.get("times", "1")))

    @delete("/emulator/faults", sync_to_thread=False)
    def forget_faults() -> None:
        faults.planned.clear()
        faults.webhooks.clear()

    @delete("/emulator/keys", sync_to_thread=False)
    def forget_keys() -> None:
        """As after a day: Stripe keeps the answers to idempotency keys no longer."""
        account.store.db.execute("DELETE FROM request")

    @get("/emulator/health", media_type="text/plain", sync_to_thread=False)
    def health() -> str:
        return "ok"

    @asynccontextmanager
    async def at_work(_: Litestar) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(deliver_forever(account, faults, outside, now)),
            asyncio.create_task(_watch_holds(account)),
        ]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await outside.aclose()

    return Litestar(
        [api, show_checkout, take_card, show_bank, take_answer, plan_fault, forget_faults, forget_keys, health],
        lifespan=[at_work],
        openapi_config=None,
        exception_handlers={StripeError: _stripe_error},
        logging_config=None,
    )


def _error(status: int, type_: str, message: str, **facts: Any) -> Answer:
    return Answer(status, {"error": {"type": type_, "message": message, **facts}})


FAILING = {
    Fault.REFUSED: _error(500, "api_error", "An unknown error occurred."),
    Fault.LIMITED: _error(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit"),
    Fault.IN_FLIGHT: _error(
        409,
        "idempotency_error",
        "There is currently another in-progress request using this Idempotent Key.",
        code="idempotency_key_in_use",
    ),
}


async def _read(request: Asked) -> answers.Request:
    body = (await request.body()).decode()
    form = body if request.method == "POST" else request.scope["query_string"].decode()
    return answers.Request(
        request.method,
        request.scope["path"],
        form,
        request.headers.get("idempotency-key"),
        _is_secret_key(request.headers.get("authorization", "")),
    )


def _is_secret_key(authorization: str) -> bool:
    scheme, _, word = authorization.partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            word = base64.b64decode(word).decode(errors="replace").partition(":")[0]
    return word.startswith(("sk_test_", "rk_test_"))


def _response(answered: Answer) -> Response[Any]:
    return Response(
        answered.body, status_code=answered.status, headers=dict(answered.headers), media_type="application/json"
    )


def _stripe_error(_: Asked, error: StripeError) -> Response[Any]:
    return _response(Answer(error.status, {"error": error.facts}))


async def _until_gone(request: Asked) -> None:
    """Keep silent until the client hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _watch_holds(account: Account) -> None:
    while True:
        expire_holds(account)
        await asyncio.sleep(HOLDS_LOOKED_AT_EVERY_S)
