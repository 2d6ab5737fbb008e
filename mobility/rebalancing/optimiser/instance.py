"""What every instance of this folder shares: arrays that nobody changes, and the refusal of what cannot be used."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid

Integers = NDArray[np.int64]


class InstanceInvalid(Invalid):
    code = "night_instance_invalid"
    fr = "Les données de la nuit ne peuvent pas être lues : {reason}."
    en = "The night's data cannot be used: {reason}."


def whole(values: Any, name: str) -> Integers:
    """A frozen copy in integers; a float array is accepted when nothing is lost."""
    given = np.asarray(values)
    if given.dtype.kind not in "iuf" or not np.all(np.isfinite(given)) or np.any(given != np.rint(given)):
        raise InstanceInvalid(reason=f"{name} must be whole numbers")
    if np.any(np.abs(given) > 2**53):
        raise InstanceInvalid(reason=f"{name} hold a number that is too large")
    copy = given.astype(np.int64)
    copy.flags.writeable = False
    return copy
