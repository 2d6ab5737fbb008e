from litestar.types import ControllerRouterHandler

from mobility.mds.routes.agency import AGENCY
from mobility.mds.routes.compliance import COMPLIANCE
from mobility.mds.routes.metrics import METRICS
from mobility.mds.routes.provider import PROVIDER

ROUTES: list[ControllerRouterHandler] = [PROVIDER, AGENCY, METRICS, *COMPLIANCE]
