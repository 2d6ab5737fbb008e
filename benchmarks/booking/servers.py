"""The whole API in one process, and beside it, in another, the least that reads one row."""

import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from litestar import Litestar, get, post
from litestar.datastructures import State

from mobility.app import create_app
from mobility.app.logs import configure_logs
from mobility.cli.serve import keep_for_good
from mobility.settings import Settings

ONE = "SELECT 1"
VEHICLE = "SELECT state FROM vehicle WHERE public_id = $1"
TAKE = "UPDATE vehicle SET state = 'reserved' WHERE public_id = $1 AND state = 'available' RETURNING plate"
ANONYMOUS = {"anonymous": True}


@get("/cpu", opt=ANONYMOUS, sync_to_thread=False)
def cpu() -> float:
    return time.process_time()


@get("/one")
async def one(state: State) -> int:
    return int(await state.pool.fetchval(ONE))


@get("/vehicles/{public_id:uuid}")
async def vehicle(state: State, public_id: UUID) -> dict[str, str]:
    return {"state": await state.pool.fetchval(VEHICLE, public_id)}


@post("/vehicles/{public_id:uuid}/take", status_code=200)
async def take(state: State, public_id: UUID) -> dict[str, str | None]:
    return {"taken": await state.pool.fetchval(TAKE, public_id)}


def serve_whole(settings: Settings, listener: socket.socket) -> None:
    """`mobility serve` with its log going nowhere; one more route says what CPU time it has used."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    configure_logs(settings.mobility_log_level)
    app = create_app(settings)
    app.register(cpu)
    keep_for_good()
    run(app, listener)


def serve_bare(settings: Settings, listener: socket.socket) -> None:
    """Litestar without anything of ours, and one statement by asyncpg."""

    @asynccontextmanager
    async def pool(app: Litestar) -> AsyncIterator[None]:
        url = settings.database_url.replace("+asyncpg", "")
        async with asyncpg.create_pool(url, min_size=settings.mobility_pool_size, max_size=20, reset=kept) as made:
            app.state.pool = made
            yield

    run(Litestar([cpu, one, vehicle, take], lifespan=[pool], openapi_config=None, logging_config=None), listener)


async def kept(_: "asyncpg.Connection[Any]") -> None:
    """Nothing to undo after a SELECT: the usual reset would cost a second round trip and flatter us."""


def run(app: Litestar, listener: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False)).run(sockets=[listener])
