import itertools
from uuid import UUID

import pytest

from mobility.riders.rules.access import Caller, Role, RoleMissing, bearer_token, same_origin

ROLES: tuple[Role, ...] = ("resident", "operator", "crew", "city", "admin")


def caller(*roles: tuple[str, str | None]) -> Caller:
    return Caller(UUID(int=1), frozenset(roles), "fr")


@pytest.mark.parametrize(("held", "asked"), [*itertools.product(ROLES[1:], ROLES)])
def test_a_role_opens_what_asks_for_it_and_admin_opens_all(held: Role, asked: Role) -> None:
    may = asked in ("resident", held) or held == "admin"
    assert caller((held, "bethune")).has(asked, "bethune") is may
    assert caller((held, "bethune")).has_somewhere(asked) is may


def test_a_role_in_one_city_is_none_in_another_or_in_all() -> None:
    assert not caller(("operator", "bethune")).has("operator", "lens")
    assert not caller(("operator", "bethune")).has("operator", None)
    assert not caller(("admin", "bethune")).has("operator", "lens")


def test_a_role_in_every_city_holds_in_each() -> None:
    assert caller(("operator", None)).has("operator", "bethune")
    assert caller(("operator", None)).has("operator", None)


def test_everybody_is_a_resident_and_no_more() -> None:
    assert caller().has("resident", "bethune")
    with pytest.raises(RoleMissing) as refused:
        caller().require("operator", "bethune")
    assert refused.value.facts == {"role": "operator"}


def test_one_of_several_roles_is_enough_and_none_is_named_with_all() -> None:
    caller(("crew", "bethune")).require_any(("operator", "crew"), "bethune")
    with pytest.raises(RoleMissing) as refused:
        caller(("crew", "lens")).require_any(("operator", "crew"), "bethune")
    assert refused.value.facts == {"role": "operator / crew"}


@pytest.mark.parametrize(
    ("sec_fetch_site", "origin", "host", "expected"),
    [
        ("same-origin", None, "mobility.test", True),
        ("none", None, "mobility.test", True),
        ("same-site", None, "mobility.test", False),
        ("cross-site", "https://mobility.test", "mobility.test", False),
        (None, "https://mobility.test", "mobility.test", True),
        (None, "http://127.0.0.1:8000", "127.0.0.1:8000", True),
        (None, "http://127.0.0.1:8001", "127.0.0.1:8000", False),
        (None, "https://evil.test", "mobility.test", False),
        (None, "https://mobility.test.evil.test", "mobility.test", False),
        (None, "https://mobility.test@evil.test", "mobility.test", False),
        (None, "null", "mobility.test", False),
        (None, "", "mobility.test", False),
        (None, "http://[", "mobility.test", False),
        (None, "https://mobility.test", None, False),
        (None, None, "mobility.test", True),
    ],
)
def test_another_site_is_told_from_our_own_pages(
    sec_fetch_site: str | None, origin: str | None, host: str | None, expected: bool
) -> None:
    assert same_origin(sec_fetch_site=sec_fetch_site, origin=origin, host=host) is expected


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [(None, None), ("", None), ("Basic abc", None), ("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Bearer", "")],
)
def test_a_bearer_token_is_read_from_its_header(authorization: str | None, expected: str | None) -> None:
    assert bearer_token(authorization) == expected
