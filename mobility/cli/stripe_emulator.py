import rich_click as click


@click.command("stripe-emulator")
@click.option("--port", type=click.IntRange(1, 65535), default=8420, show_default=True)
@click.option("--data", type=click.Path(dir_okay=False), default=":memory:", help="SQLite file; by default it forgets.")
def stripe_emulator(port: int, data: str) -> None:
    """Serve a pretended Stripe for demos and tests, until Ctrl-C.

    Any key that begins with sk_test_ opens it; no money moves.
    """
    import uvicorn

    from mobility.stripe_emulator.app import create_emulator

    url = f"http://127.0.0.1:{port}"
    click.echo(f"Stripe's API, emulated, on {url} (stripe.StripeClient(key, base_addresses={{'api': '{url}'}}))")
    uvicorn.run(create_emulator(data, url=url), port=port, log_level="warning")
