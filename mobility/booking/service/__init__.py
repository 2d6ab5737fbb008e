"""What riders do: find, hold, ride, pay. Services flush; the edge that called them commits."""

from mobility.booking.service.bills import priced
from mobility.booking.service.damage import report_damage
from mobility.booking.service.eligibility import reasons_by_type
from mobility.booking.service.holds import cancel, hold
from mobility.booking.service.keeping import extend, find_current
from mobility.booking.service.late_ends import LateWish
from mobility.booking.service.parking import check_end
from mobility.booking.service.quotes import Asked, quote
from mobility.booking.service.rentals import end, end_for_rider, pause, resume
from mobility.booking.service.rides import receipt
from mobility.booking.service.search import beside, nearby
from mobility.booking.service.unlocking import start
from mobility.booking.service.usual import usual_of

__all__ = [
    "Asked",
    "LateWish",
    "beside",
    "cancel",
    "check_end",
    "end",
    "end_for_rider",
    "extend",
    "find_current",
    "hold",
    "nearby",
    "pause",
    "priced",
    "quote",
    "reasons_by_type",
    "receipt",
    "report_damage",
    "resume",
    "start",
    "usual_of",
]
