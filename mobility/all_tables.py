"""Every domain's tables in one metadata: for the migrations and for checks of the whole schema."""

import mobility.booking.tables
import mobility.city.tables
import mobility.feeds.tables
import mobility.fleet.tables
import mobility.helpdesk.tables
import mobility.invoicing.tables
import mobility.mds.tables
import mobility.oversight.tables
import mobility.partners.tables
import mobility.payments.tables
import mobility.pricing.tables
import mobility.rebalancing.tables
import mobility.riders.tables
import mobility.studio.tables
import mobility.telemetry.tables  # noqa: F401
from mobility.db.tables import Base

metadata = Base.metadata
