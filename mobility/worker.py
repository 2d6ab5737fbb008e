"""Composition root of the worker: tells the outbox's facts and runs the standing jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import structlog
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock, SystemClock
from mobility.base.events import Event
from mobility.booking import subscribers as booking
from mobility.booking.tasks import (
    close_looks,
    expire_holds,
    forget_looks,
    forget_searches,
    relieve_outages,
    watch_bookings,
)
from mobility.city.tasks import begin_ground
from mobility.db import heartbeat, idempotency, outbox
from mobility.db.live import Live
from mobility.db.session import Sessions, create_engine, create_sessions, transaction
from mobility.feeds.rules.system import Publication
from mobility.fleet import subscribers as fleet
from mobility.fleet.folder import PhotoFolder
from mobility.fleet.gmqtt import BrokerRadio
from mobility.fleet.s3 import PhotoBucket
from mobility.fleet.service.commands import BY_RADIO
from mobility.fleet.tasks import (
    expire_commands,
    forget_alerts,
    forget_closed_damage,
    forget_commands,
    forget_parking_photos,
    forget_zones,
    open_work_orders,
    publish_commands,
    sweep_photos,
    watch_fleets,
)
from mobility.geo.streets.shelf import Streets
from mobility.invoicing import subscribers as invoicing
from mobility.invoicing.tasks import forget_old_documents, number_documents, send_statements
from mobility.invoicing.typst import TypstTypesetter
from mobility.mds import subscribers as mds
from mobility.mds.httpx import HttpAgency
from mobility.mds.rules.push import Target, read_targets
from mobility.mds.tasks import (
    forget_places,
    forget_pushed,
    note_places,
    publish_permits,
    push_to_agencies,
    report_compliance,
    watch_permits,
)
from mobility.oversight.tasks import publish_weeks
from mobility.partners.httpx import HttpSender
from mobility.partners.tasks import forget_messages, send_webhooks, tell_partners
from mobility.payments import subscribers as payments
from mobility.payments.gateways import choose_gateway
from mobility.payments.ports import PaymentGateway
from mobility.payments.tasks import (
    collect_due,
    keep_authorisations,
    place_holds,
    read_inbox,
    reconcile,
    retry_declined,
    send_refunds,
)
from mobility.pricing import subscribers as pricing
from mobility.pricing.tasks import grant_rewards, renew_passes
from mobility.privacy.tasks import erase_due
from mobility.rebalancing import subscribers as rebalancing
from mobility.rebalancing.processes import SolverProcess
from mobility.rebalancing.tasks import (
    count_stock,
    forecast_tomorrow,
    forget_forecasts,
    forget_instances,
    solve_nights,
    watch_nights,
)
from mobility.riders.deliveries import choose_delivery
from mobility.riders.tasks import (
    deliver_messages,
    deliver_pushes,
    end_guardianships,
    forget_old_codes,
    forget_old_messages,
)
from mobility.riders.webpush import WebPusher
from mobility.settings import Settings
from mobility.studio.processes import JobProcess
from mobility.studio.tasks import run_jobs
from mobility.telemetry.gmqtt import read_broker_url
from mobility.telemetry.tasks import drop_old_days, empty_quarantine, open_days, pack_closed_days

OUTBOX_PAUSE_S = 0.1
"""Wait when nothing is due: what a live map lags behind at the most, beside one delivery."""
RADIO_PAUSE_S = 0.1
"""Between two looks for commands to publish: a rider waits for it, beside the way to the vehicle and back."""

TELL_PAUSE_S = 2.0
"""Between two looks at what has changed for partners: as old as a feed may be."""
SEND_PAUSE_S = 0.5
WEBHOOK_SENDERS = 4

NIGHTS_REPLAYED_DAYS = 30
"""So long a night's solving can be replayed from its file; what was planned and done is kept."""

log = structlog.get_logger()
Job = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A job that runs every `every_s` seconds; several workers may run it at once."""

    name: str
    every_s: float
    run: Job


def standing_jobs(sessions: Sessions, clock: Clock, gateway: PaymentGateway, settings: Settings) -> list[Standing]:
    return [
        *_telemetry_jobs(sessions, clock, settings),
        *_damage_jobs(sessions, clock, settings),
        *_message_jobs(sessions, clock, settings),
        *_document_jobs(sessions, clock),
        *_retention_jobs(sessions, clock, settings),
        *_forecast_jobs(sessions, clock),
        *_night_jobs(sessions, clock),
        *_partner_jobs(sessions, clock, settings),
        *_permit_jobs(sessions, clock, settings),
        Standing("beat", 5.0, lambda: _in_transaction(sessions, clock, heartbeat.beat)),
        Standing("expire_holds", 1.0, lambda: _in_transaction(sessions, clock, expire_holds)),
        Standing("begin_ground", 5.0, lambda: _in_transaction(sessions, clock, begin_ground)),
        Standing("watch_bookings", 5.0, lambda: watch_bookings(sessions, clock)),
        Standing("relieve_outages", 300.0, lambda: relieve_outages(sessions, clock)),
        Standing("expire_commands", 0.5, lambda: _in_transaction(sessions, clock, expire_commands)),
        Standing("close_looks", 1.0, lambda: _in_transaction(sessions, clock, close_looks)),
        Standing("watch_fleets", 5.0, lambda: watch_fleets(sessions, clock)),
        Standing("collect_payments", 0.5, lambda: collect_due(sessions, clock, gateway)),
        Standing("place_authorisations", 2.0, lambda: place_holds(sessions, clock, gateway)),
        Standing("keep_authorisations", 60.0, lambda: _in_transaction(sessions, clock, keep_authorisations)),
        Standing("send_refunds", 2.0, lambda: send_refunds(sessions, clock, gateway)),
        Standing("read_payment_events", 0.5, lambda: read_inbox(sessions, clock, gateway)),
        Standing("reconcile", 600.0, lambda: reconcile(sessions, clock, gateway)),
        Standing("retry_declined", 60.0, lambda: _in_transaction(sessions, clock, retry_declined)),
        Standing("renew_passes", 600.0, lambda: _in_transaction(sessions, clock, renew_passes)),
        Standing("grant_rewards", 10.0, lambda: _in_transaction(sessions, clock, grant_rewards)),
        Standing("forget_old_codes", 600.0, lambda: _in_transaction(sessions, clock, forget_old_codes)),
        Standing("erase_due", 600.0, lambda: _in_transaction(sessions, clock, erase_due)),
        Standing("end_guardianships", 600.0, lambda: _in_transaction(sessions, clock, end_guardianships)),
        Standing("forget_commands", 3600.0, lambda: _in_transaction(sessions, clock, forget_commands)),
        Standing("forget_zones", 600.0, lambda: _in_transaction(sessions, clock, forget_zones)),
        Standing("prune", 600.0, lambda: _in_transaction(sessions, clock, _prune)),
    ]


def _telemetry_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    drop_days = partial(drop_old_days, kept_days=settings.mobility_reports_kept_days)
    forget = partial(empty_quarantine, kept_days=settings.mobility_quarantine_kept_days)
    return [
        Standing("open_days", 600.0, lambda: _in_transaction(sessions, clock, open_days)),
        Standing("pack_closed_days", 600.0, lambda: _in_transaction(sessions, clock, pack_closed_days)),
        Standing("drop_old_days", 600.0, lambda: _in_transaction(sessions, clock, drop_days)),
        Standing("empty_quarantine", 600.0, lambda: _in_transaction(sessions, clock, forget)),
    ]


def _damage_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    url, folder = settings.mobility_photos_s3, settings.mobility_photos
    store = PhotoBucket.at(url) if url else PhotoFolder(folder)
    forget = partial(forget_closed_damage, kept_days=settings.mobility_damage_kept_days)
    forget_parked = partial(forget_parking_photos, kept_days=settings.mobility_parking_photos_kept_days)
    return [
        Standing("open_work_orders", 60.0, lambda: open_work_orders(sessions, clock)),
        Standing("forget_closed_damage", 3600.0, lambda: _in_transaction(sessions, clock, forget)),
        Standing("forget_parking_photos", 3600.0, lambda: _in_transaction(sessions, clock, forget_parked)),
        Standing("sweep_photos", 3600.0, lambda: sweep_photos(sessions, clock, store)),
    ]


def _retention_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    alerts = partial(forget_alerts, kept_days=settings.mobility_alerts_kept_days)
    looks = partial(forget_looks, kept_days=settings.mobility_access_log_kept_days)
    return [
        Standing("forget_alerts", 3600.0, lambda: _in_transaction(sessions, clock, alerts)),
        Standing("forget_looks", 3600.0, lambda: _in_transaction(sessions, clock, looks)),
        Standing("forget_searches", 3600.0, lambda: _in_transaction(sessions, clock, forget_searches)),
    ]


def _forecast_jobs(sessions: Sessions, clock: Clock) -> list[Standing]:
    return [
        Standing("forecast_tomorrow", 600.0, lambda: forecast_tomorrow(sessions, clock)),
        Standing("count_stock", 60.0, lambda: count_stock(sessions, clock)),
        Standing("forget_forecasts", 3600.0, lambda: _in_transaction(sessions, clock, forget_forecasts)),
    ]


def _night_jobs(sessions: Sessions, clock: Clock) -> list[Standing]:
    forget = partial(forget_instances, kept_days=NIGHTS_REPLAYED_DAYS)
    return [
        Standing("watch_nights", 1.0, lambda: watch_nights(sessions, clock)),
        Standing("forget_instances", 3600.0, lambda: _in_transaction(sessions, clock, forget)),
    ]


def _permit_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    forget = partial(forget_places, kept_days=settings.mobility_mds_places_kept_days)
    targets = list(read_targets(settings.mobility_mds_agencies).values())
    agencies = [(target, HttpAgency(target)) for target in targets]
    return [
        Standing("push_to_agencies", 1.0, lambda: push_to_agencies(sessions, clock, agencies)),
        Standing("note_places", 60.0, lambda: note_places(sessions, clock, targets)),
        Standing("forget_pushed", 3600.0, lambda: _in_transaction(sessions, clock, forget_pushed)),
        Standing("publish_permits", 60.0, lambda: publish_permits(sessions, clock)),
        Standing("watch_permits", 60.0, lambda: watch_permits(sessions, clock)),
        Standing("report_compliance", 600.0, lambda: report_compliance(sessions, clock)),
        Standing("forget_places", 3600.0, lambda: _in_transaction(sessions, clock, forget)),
    ]


def _message_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    delivery = choose_delivery(settings.mobility_smtp_url, settings.mobility_sms_url, settings.mobility_mailbox)
    return [
        Standing("deliver_messages", 1.0, lambda: deliver_messages(sessions, clock, delivery)),
        *_push_jobs(sessions, clock, settings),
        Standing("forget_old_messages", 3600.0, lambda: _in_transaction(sessions, clock, forget_old_messages)),
    ]


def _push_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    if not settings.mobility_push_key:
        return []
    pusher = WebPusher.at(settings.mobility_push_key, settings.mobility_push_contact)
    return [Standing("deliver_pushes", 1.0, lambda: deliver_pushes(sessions, clock, pusher))]


def _document_jobs(sessions: Sessions, clock: Clock) -> list[Standing]:
    state = partial(send_statements, typesetter=TypstTypesetter())
    return [
        Standing("number_documents", 1.0, lambda: _in_transaction(sessions, clock, number_documents)),
        Standing("send_statements", 60.0, lambda: _in_transaction(sessions, clock, state)),
        Standing("forget_old_documents", 3600.0, lambda: _in_transaction(sessions, clock, forget_old_documents)),
    ]


def _partner_jobs(sessions: Sessions, clock: Clock, settings: Settings) -> list[Standing]:
    # Messages carry no addresses of ours: what the feeds say of themselves is not told.
    nowhere = Publication(base_url="", default_city=settings.mobility_city, contact_email="", license_id="")
    return [
        Standing("tell_partners", TELL_PAUSE_S, lambda: tell_partners(sessions, clock, nowhere)),
        Standing("publish_weeks", 600.0, lambda: publish_weeks(sessions, clock)),
        Standing("forget_webhook_messages", 3600.0, lambda: _in_transaction(sessions, clock, forget_messages)),
    ]


def _webhook_jobs(sessions: Sessions, clock: Clock, sender: HttpSender) -> list[Standing]:
    """Several: while one waits for a slow partner, the others are told."""
    send = partial(send_webhooks, sessions, clock, sender)
    return [Standing("send_webhooks", SEND_PAUSE_S, send) for _ in range(WEBHOOK_SENDERS)]


def choose_radio(settings: Settings, clock: Clock) -> BrokerRadio | None:
    """What commands go out by; None: each vehicle does at once what it is told."""
    if not settings.mobility_mqtt_url:
        return None
    broker = read_broker_url(settings.mobility_mqtt_url, settings.mobility_mqtt_ca)
    return BrokerRadio(
        clock, host=broker.host, port=broker.port, user=broker.user, password=broker.password, tls=broker.tls
    )


def subscriptions(
    live: Live, agencies: Mapping[tuple[str, str], Target] = MappingProxyType({})
) -> outbox.Subscriptions:
    """Who hears which fact."""
    heard: dict[type[Event], list[outbox.Subscriber]] = {}
    documents = invoicing.subscriptions(TypstTypesetter())
    passes = pricing.subscriptions()
    crews = rebalancing.subscriptions(live)
    for told in (
        fleet.subscriptions(live),
        payments.subscriptions(),
        documents,
        passes,
        booking.subscriptions(),
        crews,
        mds.subscriptions(agencies),
    ):
        for event, subscribers in told.items():
            heard.setdefault(event, []).extend(subscribers)
    return heard


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is in hand is finished first."""
    engine, valkey, clock = (
        create_engine(settings.database_url, pool_size=5),
        Redis.from_url(settings.redis_url),
        SystemClock(),
    )
    sessions = create_sessions(engine)
    gateway = choose_gateway(
        settings.mobility_stripe_key,
        secret=settings.mobility_stripe_webhook_secret,
        base_url=settings.mobility_stripe_url,
    )
    live = Live(valkey)
    sender = HttpSender(private=settings.mobility_webhooks_private)
    heard = subscriptions(live, read_targets(settings.mobility_mds_agencies))
    radio = choose_radio(settings, clock)
    jobs = standing_jobs(sessions, clock, gateway, settings)
    sessions.configure(info={BY_RADIO: radio is not None})
    try:
        async with asyncio.TaskGroup() as tasks:
            if radio is not None:
                publish = partial(publish_commands, sessions, clock, radio)
                tasks.create_task(_until(stop, radio.stay_connected()))
                tasks.create_task(_repeat(Standing("publish_commands", RADIO_PAUSE_S, publish), stop))
            tasks.create_task(_tell(sessions, clock, heard, stop))
            streets = Streets(settings.mobility_streets)
            solve = partial(solve_nights, sessions, clock, live, SolverProcess(), streets)
            # Not waited for: whoever comes next solves the night.
            tasks.create_task(_until(stop, _repeat(Standing("solve_nights", 0.5, solve), stop)))
            draw = partial(run_jobs, sessions, clock, _studio(settings))
            tasks.create_task(_until(stop, _repeat(Standing("run_studio_jobs", 0.5, draw), stop)))
            for job in (*jobs, *_webhook_jobs(sessions, clock, sender)):
                tasks.create_task(_repeat(job, stop))
    finally:
        await sender.aclose()
        await valkey.aclose()
        await engine.dispose()


def _studio(settings: Settings) -> JobProcess:
    return JobProcess(settings.mobility_study, settings.mobility_studies, settings.mobility_streets)


async def _tell(sessions: Sessions, clock: Clock, heard: outbox.Subscriptions, stop: asyncio.Event) -> None:
    async def drain() -> int:
        return int(await outbox.deliver_one(sessions, clock, heard))

    while not stop.is_set():
        if not await _attempt("outbox", drain):
            await _pause(stop, OUTBOX_PAUSE_S)


async def _repeat(job: Standing, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await _attempt(job.name, job.run)
        await _pause(stop, job.every_s)


async def _until(stop: asyncio.Event, job: Coroutine[Any, Any, None]) -> None:
    """Run a job that never ends until `stop` is set."""
    running = asyncio.create_task(job)
    await stop.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _attempt(name: str, job: Job) -> int:
    """Run a job once; a failure is logged and left to the next turn: the worker outlives a restarting database."""
    try:
        return await job()
    except Exception:
        log.exception("job_failed", job=name)
        return 0


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def _in_transaction(sessions: Sessions, clock: Clock, job: Callable[..., Awaitable[int]]) -> int:
    async with transaction(sessions) as session:
        return await job(session, clock)


async def _prune(session: AsyncSession, clock: Clock) -> int:
    await outbox.prune(session, clock.now())
    await idempotency.prune(session, clock.now())
    return 0
