import pytest

from mobility.base.errors import Problem
from mobility.riders.rules.addresses import EmailInvalid, OneAddress, PhoneInvalid, address, network


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (" Camille.Dubois@Example.FR ", "camille.dubois@example.fr"),
        ("x@B\u00e9thune.fr", "x@b\u00e9thune.fr"),
        ("x@be\u0301thune.fr", "x@b\u00e9thune.fr"),
    ],
)
def test_an_email_has_one_spelling(given: str, stored: str) -> None:
    assert address(email=given, phone=None, region="FR") == stored


@pytest.mark.parametrize(
    ("given", "region", "stored"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "BE", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("0470 12 34 56", "BE", "+32470123456"),
    ],
)
def test_a_phone_is_stored_as_e164(given: str, region: str, stored: str) -> None:
    assert address(email=None, phone=given, region=region) == stored


@pytest.mark.parametrize(
    ("email", "phone", "problem"),
    [
        (None, None, OneAddress),
        ("a@example.fr", "0612345678", OneAddress),
        ("", None, EmailInvalid),
        ("camille", None, EmailInvalid),
        ("camille@localhost", None, EmailInvalid),
        ("a@example.fr\nBcc: b@example.fr", None, EmailInvalid),
        (None, "", PhoneInvalid),
        (None, "17", PhoneInvalid),
        (None, "camille", PhoneInvalid),
        (None, "03 21 63 00 00", PhoneInvalid),
        (None, "08 99 70 00 00", PhoneInvalid),
        (None, "06 12 34 56", PhoneInvalid),
    ],
)
def test_what_reaches_nobody_or_costs_a_premium_is_refused(
    email: str | None, phone: str | None, problem: type[Problem]
) -> None:
    with pytest.raises(problem):
        address(email=email, phone=phone, region="FR")


def test_the_codes_of_refused_addresses_are_stable() -> None:
    assert [problem.code for problem in (OneAddress, EmailInvalid, PhoneInvalid)] == [
        "one_address",
        "email_invalid",
        "phone_invalid",
    ]


def test_a_home_counts_once_whatever_its_ipv6_addresses() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1") == "2001:db8::/64"
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("testclient") == "testclient"
