import asyncio
import gc
import signal
import socket
from types import FrameType

import rich_click as click
import uvicorn

from mobility.app import create_app
from mobility.app.logs import configure_logs
from mobility.settings import Settings, read_settings

# Live streams see the drain event and end by themselves; a request that hangs longer than this is cut off.
DRAIN_WITHIN_S = 4


class Server(uvicorn.Server):
    """uvicorn that tells live streams to end before it waits for them."""

    def __init__(self, config: uvicorn.Config, draining: asyncio.Event) -> None:
        super().__init__(config)
        self._draining = draining

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._draining.set()
        super().handle_exit(sig, frame)


@click.command()
def serve() -> None:
    """Serve the API and the web pages until SIGTERM or Ctrl-C."""
    settings = read_settings()
    configure_logs(settings.mobility_log_level)
    listener = listen(settings)
    app = create_app(settings)
    app.openapi_schema.to_schema()  # nobody is to wait while the first reader's document is derived
    keep_for_good()
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_WITHIN_S,
        timeout_keep_alive=30,
    )
    server = Server(config, app.state.draining)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listener]))


def keep_for_good() -> None:
    """Spare the garbage collector all that the app is made of: it would go through it while riders wait."""
    gc.collect()
    gc.freeze()


def listen(settings: Settings) -> socket.socket:
    """A bound socket; refuses a taken port before anything else is started."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.mobility_host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.mobility_host, settings.mobility_port))
    except OSError as error:
        raise click.UsageError(
            f"cannot listen on {settings.mobility_host}:{settings.mobility_port} ({error.strerror}); "
            "set MOBILITY_PORT to a free port"
        ) from None
    return listener


def stop_on_signal(stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM and Ctrl-C; for use inside a running loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
