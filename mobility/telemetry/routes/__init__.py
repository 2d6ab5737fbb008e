"""What vehicles say, and what operators read of it."""

from litestar.types import ControllerRouterHandler

from mobility.telemetry.routes.forwarding import report_traccar_position
from mobility.telemetry.routes.reading import get_telemetry_health, list_vehicle_reports
from mobility.telemetry.routes.reporting import report_telemetry

ROUTES: list[ControllerRouterHandler] = [
    report_telemetry,
    report_traccar_position,
    list_vehicle_reports,
    get_telemetry_health,
]
