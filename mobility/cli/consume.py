import asyncio

import rich_click as click
import uvicorn

from mobility import consumer as consuming
from mobility.app.logs import configure_logs
from mobility.cli.serve import stop_on_signal
from mobility.settings import Settings, read_settings
from mobility.telemetry.gmqtt import BrokerUrlUnreadable


@click.command()
def consumer() -> None:
    """Store what vehicles publish at the message broker until SIGTERM or Ctrl-C.

    Any number may run at once, each with a MOBILITY_CONSUMER of its own; they share the messages.
    """
    settings = read_settings()
    configure_logs(settings.mobility_log_level)
    try:
        with asyncio.Runner(loop_factory=uvicorn.Config("").get_loop_factory()) as runner:  # the fastest there is
            runner.run(_consume(settings))
    except BrokerUrlUnreadable as error:
        raise click.UsageError(str(error)) from None


async def _consume(settings: Settings) -> None:
    stop = asyncio.Event()
    stop_on_signal(stop)
    await consuming.run(settings, stop)
