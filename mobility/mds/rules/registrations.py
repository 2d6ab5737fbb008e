from typing import Annotated

from msgspec import Meta, Struct

Told = Annotated[str, Meta(min_length=1, max_length=255)]


class Registration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of an operator's list: what the registration document of the vehicle with that plate says."""

    plate: Told
    year: Annotated[int, Meta(ge=1970, le=2100)]
    make: Told
    model: Told
    color: Told
    vin: Told
    license_plate: Told
