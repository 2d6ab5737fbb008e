from uuid import UUID

import pytest

from mobility.fleet.rules.credentials import hash_of, matches, read_credential

VEHICLE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def test_a_secret_matches_its_own_hash_only() -> None:
    assert matches("secret", hash_of("secret"))
    assert not matches("Secret", hash_of("secret"))


def test_a_credential_names_its_vehicle_and_may_hold_dots_in_its_secret() -> None:
    assert read_credential(f"Bearer {VEHICLE}.a.b-c_d") == (VEHICLE, "a.b-c_d")
    assert read_credential(f"bearer {VEHICLE}.x") == (VEHICLE, "x")


@pytest.mark.parametrize("written", [None, "", "Bearer", f"Bearer {VEHICLE}", f"Basic {VEHICLE}.x", "Bearer AT-017.x"])
def test_a_credential_written_otherwise_is_none(written: str | None) -> None:
    assert read_credential(written) is None
