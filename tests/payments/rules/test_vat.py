from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.payments.rules.vat import VatSplit, split_vat

RATES = st.decimals(min_value=0, max_value=30, places=1)


@pytest.mark.parametrize(
    ("total_cents", "vat_percent", "split"),
    [
        (1200, "20", VatSplit(1000, 200)),
        (1990, "20", VatSplit(1658, 332)),
        (1, "20", VatSplit(1, 0)),
        (3, "20", VatSplit(2, 1)),  # 0.5 cent of VAT
        (1990, "5.5", VatSplit(1886, 104)),
        (1990, "0", VatSplit(1990, 0)),
        (0, "20", VatSplit(0, 0)),
    ],
)
def test_vat_is_taken_out_of_the_price_and_rounded_half_up(total_cents, vat_percent, split):
    assert split_vat(total_cents, Decimal(vat_percent)) == split


@given(total_cents=st.integers(-(10**9), 10**9), vat_percent=RATES)
def test_net_and_vat_make_the_price(total_cents, vat_percent):
    split = split_vat(total_cents, vat_percent)
    assert split.net_cents + split.vat_cents == total_cents


@given(total_cents=st.integers(0, 10**9), vat_percent=RATES)
def test_a_refund_is_split_like_its_charge(total_cents, vat_percent):
    charged, refunded = split_vat(total_cents, vat_percent), split_vat(-total_cents, vat_percent)
    assert (refunded.net_cents, refunded.vat_cents) == (-charged.net_cents, -charged.vat_cents)


def test_a_negative_rate_is_refused():
    with pytest.raises(ValueError, match="-1 %"):
        split_vat(100, Decimal(-1))
