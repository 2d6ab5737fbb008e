import json
import random
import sqlite3
import string
from collections.abc import Callable, Mapping
from typing import Any

from mobility.stripe_emulator.errors import unknown

Object = dict[str, Any]
LETTERS = string.ascii_letters + string.digits

SCHEMA = """
    CREATE TABLE IF NOT EXISTS object (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
    CREATE TABLE IF NOT EXISTS request (key TEXT PRIMARY KEY, hash TEXT NOT NULL, status INTEGER, body TEXT);
    CREATE TABLE IF NOT EXISTS delivery (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, done INTEGER NOT NULL DEFAULT 0);
"""


class Store:
    """Every object of the account, in one SQLite file (or memory); a request's writes are kept or dropped together.

    Members whose name begins with an underscore are the emulator's own and never leave it.
    """

    def __init__(self, path: str, *, seed: int | None = None) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.executescript(SCHEMA)
        # Names must not repeat after a restart, so only a test that asks for it gets predictable ones.
        self._random = random.Random(seed)  # noqa: S311 names of pretended objects, not secrets

    def new_id(self, prefix: str, length: int = 24) -> str:
        return f"{prefix}_" + "".join(self._random.choices(LETTERS, k=length))

    def add(self, body: Object) -> Object:
        self.db.execute(
            "INSERT INTO object (id, kind, body) VALUES (?, ?, ?)", (body["id"], body["object"], json.dumps(body))
        )
        return body

    def save(self, body: Object) -> Object:
        self.db.execute("UPDATE object SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))
        return body

    def find(self, id_: str) -> Object | None:
        row = self.db.execute("SELECT body FROM object WHERE id = ?", (id_,)).fetchone()
        return None if row is None else json.loads(row[0])

    def get(self, kind: str, id_: str) -> Object:
        """The object, or Stripe's "No such ..."."""
        found = self.find(id_)
        if found is None or found["object"] != kind or found.get("deleted"):
            raise unknown(kind, id_)
        return found

    def all(self, kind: str, **members: Any) -> list[Object]:
        """Objects of a kind whose members have these values, the newest first; None asks for anything."""
        rows = self.db.execute("SELECT body FROM object WHERE kind = ? ORDER BY seq DESC", (kind,))
        found = (json.loads(row[0]) for row in rows)
        wanted = {name: value for name, value in members.items() if value is not None}
        return [each for each in found if not each.get("deleted") and _has(each, wanted)]

    def in_one_piece(self, write: Callable[[], Any]) -> Any:
        """Run `write`; what it wrote is undone if it raises."""
        self.db.execute("SAVEPOINT piece")
        try:
            result = write()
        except BaseException:
            self.db.execute("ROLLBACK TO piece")
            raise
        finally:
            self.db.execute("RELEASE piece")
        return result


def _has(body: Object, wanted: Mapping[str, Any]) -> bool:
    return all(body.get(name) == value for name, value in wanted.items())


def public(value: Any) -> Any:
    """What of an object may be seen."""
    if isinstance(value, dict):
        return {name: public(each) for name, each in value.items() if not name.startswith("_")}
    return [public(each) for each in value] if isinstance(value, list) else value
