from datetime import date


def has_expired(*, exp_year: int, exp_month: int, on: date) -> bool:
    """Whether a card is no longer valid: it is good to the last day of its month."""
    return (exp_year, exp_month) < (on.year, on.month)
