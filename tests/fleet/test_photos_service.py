"""Photos of damage: what is kept, who sees it, and when it is gone."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db.session import Sessions, transaction
from mobility.fleet.folder import PhotoFolder
from mobility.fleet.rules.damages import DamageClosed, Said, UnknownDamageReport
from mobility.fleet.rules.photos import (
    PHOTOS_MAX,
    PhotosTooMany,
    PhotoStoreUnavailable,
    PhotoUnreadable,
    UnknownPhoto,
)
from mobility.fleet.service import NewVehicle, damages, photos
from mobility.fleet.tables import DamagePhoto, DamageReport
from mobility.fleet.tasks import forget_closed_damage, sweep_photos
from mobility.riders.rules.access import Caller
from mobility.riders.tables import Account
from tests.support.photos import GPS_CANARY, geotagged, photo

KEEP = timedelta(days=365)


@dataclass
class Album:
    """A damage report of one rider in a database of its own, and the folder its photos go to."""

    sessions: Sessions
    clock: FixedClock
    folder: Path
    rider: UUID
    report: UUID
    damage: UUID

    @property
    def store(self) -> PhotoFolder:
        return PhotoFolder(self.folder)

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    async def add(self, upload: bytes | None = None, *, by: UUID | None = None) -> DamagePhoto:
        async with transaction(self.sessions) as session:
            return await photos.add_photo(
                *(session, self.clock, self.store, self.report),
                reporter_id=by or self.rider,
                upload=photo() if upload is None else upload,
            )

    async def name_for(self, photo_id: UUID, caller: Caller) -> str:
        async with self.sessions() as session:
            return await photos.find_name(session, photo_id, caller)

    async def close(self) -> None:
        async with transaction(self.sessions) as session:
            await damages.repair(session, self.clock, self.damage, by=self.rider, note=None)

    async def forget(self) -> int:
        async with transaction(self.sessions) as session:
            return await forget_closed_damage(session, self.clock, kept_days=KEEP.days)

    async def sweep(self) -> int:
        return await sweep_photos(self.sessions, self.clock, self.store)

    def age(self, by: timedelta) -> None:
        """Let the files be as old as the clock would have them, and time pass."""
        for path in self.files:
            os.utime(path, (self.clock.now().timestamp(),) * 2)
        self.clock.advance(by)


@pytest.fixture
async def album(sessions: Sessions, clock: FixedClock, town: Sequence[NewVehicle], tmp_path: Path) -> Album:
    async with transaction(sessions) as session:
        rider = Account(id=new_id(), email="rider@example.org", created_at=clock.now())
        session.add(rider)
        await session.flush()
        said = Said(kind="body", severity="minor", words=None)
        report = await damages.report(session, clock, town[0].id, said, role="rider", reporter_id=rider.id)
    return Album(sessions, clock, tmp_path / "photos", rider.id, report.id, report.damage_id)


def operator(city: str | None) -> Caller:
    return Caller(new_id(), frozenset({("operator", city)}), "fr")


async def test_a_photo_lies_under_a_random_name_without_where_it_was_taken(album: Album) -> None:
    kept = [await album.add(geotagged()) for _ in range(2)]
    assert sorted(path.name for path in album.files) == sorted(photo.name for photo in kept)
    assert all(len(photo.name) == 32 and str(album.report) not in photo.name for photo in kept)
    for path in album.files:
        stored = path.read_bytes()
        assert stored.startswith(b"\xff\xd8")
        assert GPS_CANARY.encode() not in stored
        assert b"Exif" not in stored
    assert [photo.size_bytes for photo in kept] == [len(path.read_bytes()) for path in album.files]


async def test_a_report_takes_five_photos_however_many_come_at_once(album: Album) -> None:
    uploads = await asyncio.gather(*(album.add() for _ in range(PHOTOS_MAX + 3)), return_exceptions=True)
    refused = [each for each in uploads if isinstance(each, BaseException)]
    assert [type(each) for each in refused] == [PhotosTooMany] * 3
    async with album.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(DamagePhoto)) == PHOTOS_MAX


async def test_only_who_reported_adds_photos_and_only_until_the_damage_is_closed(album: Album) -> None:
    with pytest.raises(UnknownDamageReport):
        await album.add(by=new_id())
    await album.close()
    with pytest.raises(DamageClosed):
        await album.add()
    assert album.files == []


async def test_a_refused_upload_leaves_nothing_behind(album: Album) -> None:
    with pytest.raises(PhotoUnreadable):
        await album.add(b"GIF89a")
    assert album.files == []


async def test_a_photo_is_for_its_reporter_and_the_operators_of_its_city(album: Album) -> None:
    kept = await album.add()
    for caller in (Caller(album.rider, frozenset(), "fr"), operator("lakeport"), operator(None)):
        assert await album.name_for(kept.id, caller) == kept.name
    strangers = [Caller(new_id(), frozenset(), "fr"), operator("springfield")]
    strangers.append(Caller(new_id(), frozenset({("crew", "lakeport")}), "fr"))
    for stranger in strangers:
        with pytest.raises(UnknownPhoto) as refused:
            await album.name_for(kept.id, stranger)
        assert refused.value.code == "unknown_photo"


async def test_a_picture_whose_request_dies_before_its_commit_is_swept_and_no_other(album: Album) -> None:
    kept = await album.add()
    with pytest.raises(KeyboardInterrupt):
        async with transaction(album.sessions) as session:
            await photos.add_photo(
                session, album.clock, album.store, album.report, reporter_id=album.rider, upload=photo()
            )
            raise KeyboardInterrupt
    assert len(album.files) == 2
    album.age(timedelta(minutes=59))
    assert await album.sweep() == 0, "a request may still be under way"
    album.clock.advance(timedelta(minutes=2))
    assert await album.sweep() == 1
    assert [path.name for path in album.files] == [kept.name]


async def test_a_store_that_fails_leaves_no_row_without_a_picture(album: Album, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PhotoStoreUnavailable):
        async with transaction(album.sessions) as session:
            await photos.add_photo(
                *(session, album.clock, PhotoFolder(tmp_path / "file"), album.report),
                reporter_id=album.rider,
                upload=photo(),
            )
    async with album.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(DamagePhoto)) == 0


async def test_a_year_after_the_repair_photos_and_reporter_are_forgotten_and_the_damage_is_not(album: Album) -> None:
    await album.add()
    await album.close()
    album.age(KEEP)
    assert await album.forget() == 0
    album.clock.advance(timedelta(seconds=1))
    assert await album.forget() == 1
    assert await album.sweep() == 1
    assert album.files == []
    assert await album.forget() == 0
    async with album.sessions() as session:
        report = await session.get_one(DamageReport, album.report)
        assert (report.reporter_id, report.rental_id, report.severity) == (None, None, "minor")


async def test_photos_of_an_open_damage_stay(album: Album) -> None:
    await album.add()
    album.age(KEEP * 3)
    assert (await album.forget(), await album.sweep()) == (0, 0)
    assert len(album.files) == 1
