"""One booking after the other, each to the first car that can still take it: where the search starts from."""

from collections.abc import Sequence

from mobility.booking.optimiser.chains import Garage, in_order
from mobility.booking.optimiser.instance import Option


def greedy(garage: Garage, options: Sequence[Option]) -> list[Option]:
    """Bookings that are not hurt stay; the others are served in the order of time, each at the least cost."""
    wishes = garage.instance.wishes
    by_wish: dict[int, list[Option]] = {}
    for option in options:
        by_wish.setdefault(option.wish, []).append(option)
    taken = [each for each in options if not wishes[each.wish].is_hurt and each.cost == 0]
    chosen = in_order(taken)
    for number in sorted(by_wish, key=lambda each: (wishes[each].promise.starts_at, each)):
        if not wishes[number].is_hurt:
            continue
        for option in sorted(by_wish[number], key=lambda each: each.cost):
            tried = in_order([*chosen.get(option.gap, ()), option])
            if garage.is_possible(option.gap, {**chosen, **tried}):
                chosen |= tried
                break
    return [option for each in chosen.values() for option in each]
