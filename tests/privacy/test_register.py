"""Whatever names a person is written down here with what becomes of it: a table that is added later fails this test."""

import re

from mobility.all_tables import metadata
from mobility.privacy.rules.register import ELSE, HELD, STAFF

LOOKS_LIKE_A_PERSON = re.compile(
    r"account|_by$|^by$|actor_id|owner|operator|reporter|assigned_to|guardian|child|^subject$|address"
)


def names_somebody() -> set[tuple[str, str]]:
    """Columns that refer to an account, and those whose name says that they might."""
    return {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "account" for key in column.foreign_keys)
        or (LOOKS_LIKE_A_PERSON.search(column.name) and not column.foreign_keys)
    }


def written_down() -> set[tuple[str, str]]:
    held = {(table, column) for table, each in HELD.items() if each.through is None for column in each.by}
    staff = {(table, column) for table, columns in STAFF.items() for column in columns}
    return (held - {("account", "id")}) | staff | set(ELSE)


def test_every_column_that_names_a_person_is_in_the_register() -> None:
    assert names_somebody() - written_down() == set()


def test_the_register_names_no_column_that_is_not_there() -> None:
    known = {(table.name, column.name) for table in metadata.tables.values() for column in table.columns}
    assert written_down() - known == set()
    assert {
        (table, column) for table, each in HELD.items() for column in (*each.secret, *each.blanked)
    } - known == set()
    through = {(table, each.through[0]) for table, each in HELD.items() if each.through}
    assert through - known == set()
    assert {each.through[1] for each in HELD.values() if each.through} <= set(HELD)


def test_what_stays_has_its_reason() -> None:
    assert [table for table, each in HELD.items() if each.blanked and not each.kept] == []
    assert all(reason for reason in ELSE.values())
