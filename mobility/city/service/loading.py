from dataclasses import dataclass

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city import queries
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import CityFileRefused
from mobility.city.rules.ground import Ground, faults_of, ground_of, with_ground
from mobility.city.rules.prepared import hash_of
from mobility.city.service.taking import take
from mobility.city.tables import City, GroundEdition


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What loading a file did; `changed` is False when the city already was what the file says."""

    city_id: str
    version: int
    changed: bool


async def load_city(session: AsyncSession, clock: Clock, city_file: CityFile) -> LoadResult:
    """Make the city what its file says; repeating it changes nothing.

    Zones and stations that operators have published stay, as long as the file does not say anything new of them. If
    it does, the file's take effect at once, and what was announced is withdrawn.

    Raises
    ------
    CityFileRefused
        The file contradicts the zones and stations in force, which are not its own.
    """
    known, file_hash = await queries.lock_city(session, city_file.id), hash_of(city_file)
    if known is not None and known.file_hash == file_hash:
        return LoadResult(known.id, known.version, changed=False)
    kept = await _kept(session, known, city_file)
    version = 1 if known is None else known.version + 1
    await take(
        session, clock, with_ground(city_file, kept) if kept else city_file, version=version, file_hash=file_hash
    )
    if kept is None:
        await _record(session, clock, city_file)
    return LoadResult(city_file.id, version, changed=True)


async def _kept(session: AsyncSession, known: City | None, city_file: CityFile) -> Ground | None:
    """The ground in force, if the file says of it what it said before."""
    said = await queries.find_edition_of_file(session, city_file.id)
    if known is None or said is None or queries.ground_in(said) != ground_of(city_file):
        return None
    ground = queries.ground_in(await queries.get_edition_in_force(session, city_file.id))
    if ground != ground_of(city_file) and (faults := faults_of(city_file, ground)):
        raise CityFileRefused(faults)
    return ground


async def _record(session: AsyncSession, clock: Clock, city_file: CityFile) -> None:
    """The file's ground as the edition in force from now on."""
    now = clock.now()
    announced = await queries.find_announced(session, city_file.id)
    if announced is not None:
        announced.withdrawn_at = now
    session.add(
        GroundEdition(
            city_id=city_file.id,
            number=1 + await queries.latest_number(session, city_file.id),
            ground=msgspec.to_builtins(ground_of(city_file)),
            effective_from=now,
            published_at=now,
            note="",
            began_at=now,
        )
    )
    await session.flush()
