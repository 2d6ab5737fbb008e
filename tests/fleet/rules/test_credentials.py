import base64
import hashlib
from uuid import UUID

import pytest

from mobility.fleet.rules.credentials import broker_hash_of, hash_of, matches, read_credential

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


def test_the_broker_is_given_the_secret_salted_and_hashed_in_its_own_form() -> None:
    _, kind, rounds, salt, hashed = broker_hash_of("secret").split("$")
    assert (kind, rounds, len(base64.b64decode(salt))) == ("7", "1", 12)
    assert base64.b64decode(hashed) == hashlib.pbkdf2_hmac("sha512", b"secret", base64.b64decode(salt), 1)
    assert broker_hash_of("secret") != broker_hash_of("secret")
