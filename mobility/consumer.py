"""Composition root of the consumer: what vehicles publish is stored, then acknowledged, then told on."""

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from redis.asyncio import Redis

from mobility.base.clock import Clock, SystemClock
from mobility.db.live import Live
from mobility.db.session import Sessions, after_commit, create_engine, create_sessions, transaction
from mobility.fleet.rules.commands import Reply, ReplyUnreadable, read_reply
from mobility.fleet.rules.topics import (
    BROKER,
    BROKER_LOG,
    BROKER_READ,
    SERVICE_USER,
    Channel,
    every,
    read_topic,
    shared,
)
from mobility.fleet.rules.topics import topic as topic_of
from mobility.fleet.service.commands import BY_RADIO, confirm
from mobility.fleet.service.reach import cities_of, heard_at_the_broker
from mobility.settings import Settings
from mobility.telemetry.gmqtt import IN_HAND, Batch, Inbox, Listener, read_broker_url
from mobility.telemetry.ports import Tally
from mobility.telemetry.rules.budget import Budgets
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.rules.messages import NO_CITY, Message, Refused
from mobility.telemetry.rules.ovms import OVMS_FILTER, QUIET, Gatherer, read_ovms_topic
from mobility.telemetry.rules.reports import Refusal
from mobility.telemetry.rules.strangers import Strangers
from mobility.telemetry.service import keep, lock_and_read, tell, watch_apart
from mobility.telemetry.service.store import keep_refused, keep_too_often
from mobility.telemetry.valkey import ValkeyTally

HEARD = (every(Channel.TELEMETRY), every(Channel.REPLY))
COUNTS_EVERY_S = 60.0
RETRY_AFTER_S = 0.5
LEAVE_AFTER_S = 0.1  # the last acknowledgements go out before the connection ends
POOL_SIZE = IN_HAND + 2  # and whoever watches rides or counts
GARBAGE_AFTER = 100_000  # new objects: about what a batch of 5,000 reports makes
DATA_CLASSES = ("22", "23")  # SQLSTATE: data exceptions and broken constraints

log = structlog.get_logger()


class NotStorable(Exception):
    """The database is well and refuses a message."""


class Stopping(Exception):
    """The process is to end and its database does not answer: what is in hand comes again."""


@dataclass
class Consumer:
    """Stores batches until `stop` is set; `counts` says what became of messages, by a code.

    A batch is read while the one before is stored. In their order they lock their vehicles, so that what a vehicle says
    is stored in its order.
    """

    sessions: Sessions
    clock: Clock
    live: Live
    tally: Tally
    stop: asyncio.Event
    inbox: Inbox = field(default_factory=Inbox)
    budgets: Budgets = field(default_factory=Budgets)
    followed: Followed = field(default_factory=Followed)
    boxes: Gatherer = field(default_factory=Gatherer)
    counts: Counter[str] = field(default_factory=Counter)
    too_often: Counter[UUID] = field(default_factory=Counter)
    strangers: Strangers = field(default_factory=Strangers)
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hear(self, topic: str, payload: bytes) -> Batch:
        """Put a message where the next batch is taken from; a reply does not wait for company."""
        batch = self.inbox.put(topic, payload)
        if topic.startswith(BROKER):
            self.strangers.hear(topic, payload, keeps_up=not self.inbox.is_behind)
            return batch
        self.strangers.unheard.heard += 1
        if topic.endswith(Channel.REPLY):
            self.inbox.hurry()
        return batch

    async def work(self) -> None:
        """Store one batch after the other; the last one is what had come when `stop` was set."""
        try:
            async with asyncio.TaskGroup() as hands:
                for _ in range(IN_HAND):
                    hands.create_task(self._work())
            await self.settle(self.inbox.take_now())
        except* Stopping:
            log.warning("left_unacknowledged")

    async def _work(self) -> None:
        while True:
            async with self.taking:
                if self.stop.is_set():
                    return
                batch = await self.inbox.take()
            await self.settle(batch)

    async def hurry_at_stop(self) -> None:
        await self.stop.wait()
        self.inbox.hurry()

    async def tell_counts(self) -> None:
        """Log what became of messages that left no row, and note who sends too often; the tally counts all others."""
        while True:
            await asyncio.sleep(COUNTS_EVERY_S)
            for code, count in self.counts.items():
                log.info("messages", code=code, count=count)
            self.counts.clear()
            await self._until_done(self.note_too_often)
            await self.note_strangers()

    async def note_too_often(self) -> None:
        """A row in the quarantine for each vehicle that sent more than its budget lately, and the tally of its city."""
        if not self.too_often:
            return
        now, dropped = self.clock.now(), dict(self.too_often)
        async with transaction(self.sessions) as session:
            cities = await cities_of(session, dropped)
            await keep_too_often(session, dropped, now)
        for vehicle_id, count in dropped.items():
            await self.tally.add(now.date(), {cities.get(vehicle_id, NO_CITY): {Refusal.TOO_OFTEN: count}})
        self.too_often.clear()

    async def note_strangers(self) -> None:
        """Whom the broker has turned away is nobody of a city's."""
        if self.strangers.counts:
            await self.tally.add(self.clock.now().date(), {NO_CITY: dict(self.strangers.counts)})
            self.strangers.counts.clear()

    async def settle(self, batch: Batch) -> None:
        """Store a batch and let it be acknowledged."""
        reports, replies = self._sorted(batch.messages)
        await self._store(reports)
        for vehicle_id, reply in replies:
            await self._until_done(partial(self._confirm, vehicle_id, reply))
        batch.settle()

    def _sorted(self, messages: Sequence[tuple[str, bytes]]) -> tuple[list[Message], list[tuple[UUID, Reply]]]:
        """Reports and replies, each with the vehicle that its topic proves."""
        reports: list[Message] = []
        replies: list[tuple[UUID, Reply]] = []
        now = self.clock.now()
        for topic, payload in messages:
            match read_topic(topic):
                case (vehicle_id, Channel.TELEMETRY) if self.budgets.spend(vehicle_id, len(payload), now):
                    reports.append(Message(vehicle_id, payload))
                case (vehicle_id, Channel.TELEMETRY):
                    self.too_often[vehicle_id] += 1
                case (vehicle_id, Channel.REPLY):
                    replies += [(vehicle_id, reply) for reply in self._replies(payload)]
                case (_, Channel.COMMAND):
                    pass  # our own, heard to be counted among what the broker reads
                case _ if not topic.startswith(BROKER):
                    self._gather(topic, payload, now)
        return reports, replies

    def _gather(self, topic: str, payload: bytes, now: datetime) -> None:
        """Take a metric of a box, or count a message that is none of ours."""
        match read_ovms_topic(topic):
            case (vehicle_id, metric):
                if not self.boxes.hear(vehicle_id, metric, payload, now):
                    self.counts["metric_unreadable"] += 1
            case None:
                self.counts["unknown_topic"] += 1

    async def report_for_boxes(self) -> None:
        """Put what boxes said in bursts where vehicles' own reports are."""
        while True:
            await asyncio.sleep(QUIET.total_seconds())
            for vehicle_id, report in self.boxes.due(self.clock.now()):
                self.hear(topic_of(vehicle_id, Channel.TELEMETRY), report)

    def _replies(self, payload: bytes) -> list[Reply]:
        """The one reply of a message, or none when it cannot be read: the command then expires."""
        try:
            return [read_reply(payload)]
        except ReplyUnreadable:
            self.counts["reply_unreadable"] += 1
            return []

    async def _store(self, messages: Sequence[Message]) -> None:
        """Store in one transaction; when the database refuses what they say, look for the message that is to blame."""
        if not messages:
            return
        try:
            await self._until_done(partial(self._ingest, messages))
        except NotStorable as refused:
            if len(messages) == 1:
                await self._until_done(partial(self._quarantine, messages[0], str(refused)))
                return
            middle = len(messages) // 2
            await self._store(messages[:middle])
            await self._store(messages[middle:])

    async def _ingest(self, messages: Sequence[Message]) -> None:
        async with transaction(self.sessions) as session:
            async with self.reading:
                await heard_at_the_broker(session, (message.vehicle_id for message in messages))
                said = await lock_and_read(session, messages)
            outcome = await keep(session, self.clock, said)
            await tell(session, self.clock, self.live, self.tally, outcome)
            after_commit(session, partial(watch_apart, self.sessions, self.clock, self.followed, outcome.in_ride))

    async def _quarantine(self, message: Message, detail: str) -> None:
        self.counts["not_storable"] += 1
        async with transaction(self.sessions) as session:
            refused = Refused(0, None, Refusal.UNREADABLE, detail)
            await keep_refused(session, [message], [refused], self.clock.now())

    async def _confirm(self, vehicle_id: UUID, reply: Reply) -> None:
        async with transaction(self.sessions) as session:
            taken = await confirm(session, self.clock, vehicle_id, reply)
        self.counts[f"reply_{taken}"] += 1

    async def _until_done(self, job: Callable[[], Awaitable[None]]) -> None:
        """Repeat a job until the database takes it: meanwhile nothing is acknowledged, and the broker keeps the rest.

        Raises
        ------
        NotStorable
            It is not the database that fails but what it was given.
        Stopping
            The process is to end.
        """
        while True:
            try:
                return await job()
            except Exception as error:
                if is_about_data(error):
                    log.exception("not_storable", error=type(error).__name__)
                    raise NotStorable(type(error).__name__) from error
                log.warning("not_stored_yet", error=type(error).__name__)
            if self.stop.is_set():
                raise Stopping
            await asyncio.sleep(RETRY_AFTER_S)


def is_about_data(error: Exception) -> bool:
    """Whether a repetition would fail in the same way: by SQLSTATE class, or because our own code fell over it."""
    state = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
    return state[:2] in DATA_CLASSES or isinstance(error, (ValueError, TypeError, ArithmeticError, LookupError))


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Consume until `stop` is set; what is in hand is stored and acknowledged first.

    Raises
    ------
    BrokerUrlUnreadable
    """
    broker = read_broker_url(settings.mobility_mqtt_url, settings.mobility_mqtt_ca)
    engine, valkey = create_engine(settings.database_url, pool_size=POOL_SIZE), Redis.from_url(settings.redis_url)
    sessions = create_sessions(engine)
    sessions.configure(info={BY_RADIO: True})
    consumer = Consumer(sessions, SystemClock(), Live(valkey), ValkeyTally(valkey), stop)
    filters = [(shared(each) if settings.mobility_mqtt_shared else each, 1) for each in HEARD]
    if not settings.mobility_mqtt_shared:
        # Of several consumers each would count them.
        filters += [(BROKER_LOG, 0), (BROKER_READ, 0), (every(Channel.COMMAND), 0)]
    if settings.mobility_ovms:
        filters.append((OVMS_FILTER, 0))  # as boxes send it; and never shared: a position is two messages
    listener = Listener(broker, f"{SERVICE_USER}-{settings.mobility_consumer}", filters, consumer.hear)
    # What is loaded by now stays: collections that need not look at it save a third of the CPU of a report.
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    try:
        async with asyncio.TaskGroup() as tasks:
            beside = (listener.listen(), consumer.report_for_boxes(), consumer.tell_counts(), consumer.hurry_at_stop())
            running = [tasks.create_task(job) for job in beside]
            await consumer.work()
            await asyncio.sleep(LEAVE_AFTER_S)
            for task in running:
                task.cancel()
    finally:
        await valkey.aclose()
        await engine.dispose()
