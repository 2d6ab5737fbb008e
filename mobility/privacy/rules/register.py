"""Each table that names a person: what of it they get a copy of, and what becomes of it when they are erased.

`tests/privacy` compares it with the tables: one that is not here is a failing build.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

BOOKS = "accounting: ten years (code de commerce, article L123-22); the account it names is then nobody's"
DRIVERS = "who drove is asked by the police for fines, and bills refer to it; the account it names is then nobody's"
ACTS = "what staff did at work: kept with the thing it was done to; the account it names is then nobody's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A table with rows about a person.

    Attributes
    ----------
    by
        Columns that name the account whose data the row is.
    through
        Instead: a column and the table it refers to, whose rows are the person's.
    secret
        Columns that are no data of the person and would open something.
    kept
        Why the rows stay when the person is erased; empty: they are deleted.
    blanked
        What is then overwritten all the same, column by column, as SQL.
    """

    by: tuple[str, ...] = ("account_id",)
    through: tuple[str, str] | None = None
    secret: frozenset[str] = frozenset()
    kept: str = ""
    blanked: Mapping[str, str] = field(default_factory=dict)


# Ends to a kilometre: enough for a count of trips, too coarse for a doorstep.
COARSE: Final = {
    column: f"round({column}::numeric, 2)::float8" for column in ("start_lon", "start_lat", "end_lon", "end_lat")
}

HELD: Final[Mapping[str, Held]] = {
    "account": Held(
        by=("id",),
        kept="the name that books and rides go by, with nobody behind it",
        blanked={"email": "NULL", "phone": "NULL", "name": "''", "born_on": "NULL", "born_on_verified": "false"},
    ),
    "account_city": Held(),
    "account_event": Held(),
    "account_role": Held(),
    "role_change": Held(kept=ACTS),
    "licence": Held(),
    "sign_in_session": Held(secret=frozenset({"token_hash"})),
    "outgoing_message": Held(),
    "outgoing_push": Held(),
    "push_device": Held(secret=frozenset({"endpoint", "p256dh", "auth"})),
    "notice_choice": Held(),
    "saved_place": Held(),
    "guardianship": Held(
        by=("guardian_id", "child_id"), kept="proof of a consent given and withdrawn (GDPR, article 7(1))"
    ),
    "hold": Held(kept=DRIVERS),
    "studio_drawing": Held(by=("made_by",), kept=ACTS),
    "studio_job": Held(by=("asked_by",), kept=ACTS),
    "booking": Held(kept=DRIVERS),
    "rental": Held(kept=DRIVERS, blanked=COARSE),
    "rental_pause": Held(through=("rental_id", "rental"), kept=DRIVERS),
    "assistance": Held(through=("rental_id", "rental"), kept=ACTS),
    "damage_report": Held(by=("reporter_id",), kept="the vehicle's safety record", blanked={"words": "NULL"}),
    "parking_photo": Held(by=("rider_id",), secret=frozenset({"name"})),
    "payment": Held(kept=BOOKS, secret=frozenset({"open_reference"})),
    "refund": Held(through=("payment_id", "payment"), kept=BOOKS),
    "dispute": Held(through=("payment_id", "payment"), kept=BOOKS),
    "authorisation": Held(kept=BOOKS, secret=frozenset({"open_reference"})),
    "document": Held(kept=BOOKS),
    "statement": Held(kept=BOOKS),
    "card": Held(
        secret=frozenset({"reference"}),
        kept=BOOKS,
        blanked={"last4": "'0000'", "exp_month": "1", "exp_year": "1970", "removed_at": "coalesce(removed_at, now())"},
    ),
    "gateway_customer": Held(secret=frozenset({"reference"}), kept="disputes of old payments name it"),
    "rider_pass": Held(kept=BOOKS),
    "pass_use": Held(through=("pass_id", "rider_pass"), kept=BOOKS),
    "promotion_claim": Held(kept=BOOKS),
    "promised_reward": Held(kept=BOOKS),
    "voucher": Held(by=("redeemed_by",), secret=frozenset({"code_hash"}), kept=BOOKS),
    "entitlement": Held(),
    "statement_choice": Held(),
    "support_act": Held(kept=ACTS),
}

# Columns that name who of the staff did something to a thing: no data about the person that the thing is of.
STAFF: Final[Mapping[str, tuple[str, ...]]] = {
    "account_event": ("by",),
    "access_log": ("account_id",),
    "alert": ("acknowledged_by", "assigned_to"),
    "alert_event": ("actor_id", "assigned_to"),
    "assistance": ("asked_by", "approved_by", "closed_by"),
    "book_difference": ("settled_by",),
    "booking": ("booked_by",),
    "damage": ("decided_by",),
    "entitlement": ("granted_by",),
    "licence": ("decided_by",),
    "ground_draft": ("changed_by",),
    "ground_edition": ("published_by",),
    "night_crew_member": ("account_id",),
    "night_photo": ("account_id",),
    "night_plan": ("asked_by", "published_by"),
    "night_restriction": ("made_by",),
    "night_step": ("account_id",),
    "night_task": ("closed_by",),
    "partner": ("made_by",),
    "promotion": ("created_by",),
    "refund": ("operator_id",),
    "role_change": ("by",),
    "service_notice": ("written_by",),
    "support_act": ("asked_by", "decided_by"),
    "tariff": ("published_by",),
    "tariff_draft": ("changed_by",),
    "task": ("created_by", "closed_by", "assigned_to"),
    "voucher": ("created_by",),
    "work_order": ("started_by", "done_by"),
}

SUBJECT = "a vehicle, a station or an alert, as the feeds name it"

# Columns that look as if they named a person, with what they are.
ELSE: Final[Mapping[tuple[str, str], str]] = {
    ("guardianship", "address"): "whom an open invitation goes to; none is open when its asker is erased",
    ("idempotency_key", "subject"): "answers already given; deleted with the account, and after a week anyway",
    ("ledger_account", "owner"): BOOKS,
    ("ledger_entry", "account_id"): "an account of the books, not of a person",
    ("outbox_message", "subject"): "facts on their way; deleted after a week",
    ("outgoing_message", "subject"): "the first line of a letter",
    ("payment", "carried_by"): "another payment",
    ("sign_in_code", "address"): "deleted with the account, and after a day anyway",
    ("vehicle_command", "actor_id"): ACTS,
    ("webhook_delivery", "subject"): SUBJECT,
    ("webhook_message", "subject"): SUBJECT,
    ("webhook_told", "subject"): SUBJECT,
    ("vehicle_event", "actor_id"): DRIVERS,
    ("vehicle_status", "parked_by"): "whether the rider's phone or the vehicle said where it stands",
}
