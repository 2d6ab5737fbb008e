import rich_click as click


@click.command("stripe-emulator")
@click.option("--port", type=click.IntRange(1, 65535), default=8420, show_default=True)
@click.option("--data", type=click.Path(dir_okay=False), default=":memory:", help="SQLite file; by default it forgets.")
@click.option("--webhook", default="", help="Tell events to this address, and to no other.")
@click.option("--webhook-secret", envvar="MOBILITY_STRIPE_WEBHOOK_SECRET", default="", help="What signs them.")
def stripe_emulator(port: int, data: str, webhook: str, webhook_secret: str) -> None:
    """Serve a pretended Stripe for demos and tests, until Ctrl-C.

    Any key that begins with sk_test_ opens it; no money moves.
    """
    import uvicorn

    from mobility.payments.stripe import EVENTS
    from mobility.stripe_emulator.app import create_emulator
    from mobility.stripe_emulator.operations.account_events import Listener

    listener = Listener(webhook, webhook_secret, EVENTS) if webhook else None
    url = f"http://127.0.0.1:{port}"
    click.echo(f"Stripe's API, emulated, on {url} (stripe.StripeClient(key, base_addresses={{'api': '{url}'}}))")
    uvicorn.run(create_emulator(data, url=url, listener=listener), port=port, log_level="warning")
