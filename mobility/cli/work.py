import asyncio

import rich_click as click

from mobility import worker as background
from mobility.app.logs import configure_logs
from mobility.cli.serve import stop_on_signal
from mobility.settings import Settings, read_settings


@click.command()
def worker() -> None:
    """Tell the outbox's facts and run the standing jobs until SIGTERM or Ctrl-C."""
    settings = read_settings()
    configure_logs(settings.mobility_log_level)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    stop_on_signal(stop)
    await background.run(settings, stop)
