"""What happens to a night's plan by itself: in the evening, when work begins, and when something comes between."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.city.tables import City
from mobility.rebalancing.rules.nights import is_due
from mobility.rebalancing.rules.restrictions import EDIT
from mobility.rebalancing.service import plans
from mobility.rebalancing.service.nights import hours_of, open_night, zone_of
from mobility.rebalancing.tables import Night, NightPlan, NightRestriction

CITIES_MAX = 100


async def plan_evening(session: AsyncSession, clock: Clock, city_id: str) -> bool:
    """Ask for the night's first plan when its hour has come; whether it was asked for."""
    city = await get_city(session, city_id)
    if city.file.night is None:
        return False
    night = await open_night(session, clock, city_id)
    has_plan = await session.scalar(select(NightPlan.id).where(NightPlan.night_id == night.id).limit(1))
    if has_plan is not None or not is_due(city.file.night, hours_of(night), clock.now(), zone_of(city)):
        return False
    await plans.ask(session, clock, night, plans.Wish(because="evening"))
    return True


async def publish_begun(session: AsyncSession, clock: Clock, city_id: str) -> bool:
    """When work begins and nobody has published a plan, the latest draft that breaks no rule goes out by itself."""
    now = clock.now()
    out = exists().where(NightPlan.night_id == Night.id, NightPlan.state == "published")
    running = select(Night.id).where(Night.city_id == city_id, Night.begins_at <= now, Night.ends_at > now, ~out)
    drafts = (
        select(NightPlan)
        .where(NightPlan.night_id.in_(running.scalar_subquery()), NightPlan.state == "draft")
        .order_by(NightPlan.version.desc())
    )
    draft = (await session.scalars(drafts.limit(1))).first()
    if draft is None or draft.document is None or draft.document["violations"]:
        return False
    await plans.publish(session, clock, draft.id, operator_id=None)
    return True


async def plan_around(session: AsyncSession, clock: Clock, city_id: str) -> bool:
    """Plan the rest of a published night anew when something has come between since its last version was asked for."""
    night = await _disturbed(session, clock, city_id)
    if night is None or await plans.find_waiting(session, night.id) is not None:
        return False
    wish = plans.Wish(
        because="disturbance", seconds=plans.REPLAN_SECONDS, keeps_to_published=True, publishes_itself=True
    )
    await plans.ask(session, clock, night, wish)
    return True


async def list_cities(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(City.id).order_by(City.id).limit(CITIES_MAX)))


async def _disturbed(session: AsyncSession, clock: Clock, city_id: str) -> Night | None:
    out = exists().where(NightPlan.night_id == Night.id, NightPlan.state == "published")
    later = exists().where(NightPlan.night_id == Night.id, NightPlan.asked_at >= NightRestriction.made_at)
    since = exists().where(NightRestriction.night_id == Night.id, NightRestriction.cause != EDIT, ~later)
    disturbed = select(Night).where(Night.city_id == city_id, Night.ends_at > clock.now(), out, since)
    return await session.scalar(disturbed.limit(1).with_for_update(key_share=True))
