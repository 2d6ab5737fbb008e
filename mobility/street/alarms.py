"""When a simulated vehicle raises an alarm. Pure: the same seed, vehicle and time, the same alarms."""

from datetime import datetime
from random import Random

WINDOW_S = 600
# Per vehicle and ten minutes: a fleet of a hundred falls over about three times an hour.
TIPPED, CHARGING_FAULT = 0.005, 0.02


def alarms(seed: int, plate: str, at: datetime, *, in_use: bool, plugged_in: bool) -> list[str]:
    """Codes that the vehicle reports at this instant; each lasts until the end of its ten minutes."""
    random = Random(f"{seed}/{plate}/{int(at.timestamp()) // WINDOW_S}/alarms")
    raised = {
        "tipped": random.random() < TIPPED and not in_use and not plugged_in,
        "charging_fault": random.random() < CHARGING_FAULT and plugged_in,
    }
    return [code for code, is_so in raised.items() if is_so]
