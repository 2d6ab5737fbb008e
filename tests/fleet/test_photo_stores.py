"""The two places where photos lie, held to one contract: a folder, and a bucket at a server that speaks S3."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import httpx
import pytest

from mobility.fleet.folder import PhotoFolder
from mobility.fleet.ports import PhotoStore
from mobility.fleet.rules.photos import PhotoStoreUnavailable
from mobility.fleet.s3 import PhotoBucket
from tests.support.service import free_port

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture(scope="module")
def bucket_url() -> Iterator[str]:
    """A bucket at a server of its own process."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            httpx.put(f"http://127.0.0.1:{port}/photos", timeout=60).raise_for_status()
            yield f"http://key:a%2Fsecret@127.0.0.1:{port}/photos?region=us-east-1"
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server of the bucket does not start")


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    if request.param == "folder":
        return PhotoFolder(tmp_path / "photos")
    return PhotoBucket.at(request.getfixturevalue("bucket_url"))


async def names(store: PhotoStore, before: datetime) -> set[str]:
    return {name async for some in store.names_before(before) for name in some}


async def test_a_picture_that_was_put_is_found_until_it_is_removed(store: PhotoStore) -> None:
    kept, gone = token_hex(16), token_hex(16)
    await store.put(kept, JPEG)
    await store.put(gone, JPEG)
    await store.remove([gone])
    assert await store.find(kept) == JPEG
    assert await store.find(gone) is None


async def test_removing_what_is_gone_is_no_error(store: PhotoStore) -> None:
    await store.put(name := token_hex(16), JPEG)
    for _ in range(2):
        await store.remove([name])
    await store.remove([])


async def test_pictures_are_listed_by_when_they_were_put(store: PhotoStore) -> None:
    await store.put(name := token_hex(16), JPEG)
    now = datetime.now(UTC)
    assert name in await names(store, now + timedelta(minutes=1))
    assert name not in await names(store, now - timedelta(minutes=1))


async def test_a_folder_is_its_owners_alone_and_what_was_half_written_is_found(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    store = PhotoFolder(root)
    await store.put(name := token_hex(16), JPEG)
    path = root / name[:2] / name
    assert [oct(each.stat().st_mode & 0o777) for each in (root, path.parent, path)] == ["0o700", "0o700", "0o600"]
    half = path.with_suffix(".half")
    half.write_bytes(JPEG[:3])
    assert half.name in await names(store, datetime.now(UTC) + timedelta(minutes=1))
    await store.remove([half.name])
    assert list(path.parent.iterdir()) == [path]


async def test_a_folder_that_cannot_be_written_is_told_as_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = PhotoFolder(tmp_path / "file" / "photos")
    for asked in (store.put("0" * 32, JPEG), store.find("0" * 32), store.remove(["0" * 32])):
        with pytest.raises(PhotoStoreUnavailable):
            await asked


async def test_a_bucket_that_does_not_answer_or_does_not_exist_is_told_as_unavailable(bucket_url: str) -> None:
    for url in (f"http://key:secret@127.0.0.1:{free_port()}/photos", bucket_url.replace("/photos", "/nothing")):
        store = PhotoBucket.at(url)
        with pytest.raises(PhotoStoreUnavailable):
            await store.put("0" * 32, JPEG)
        with pytest.raises(PhotoStoreUnavailable):
            await names(store, datetime.now(UTC))


@pytest.mark.parametrize("url", ["https://key:secret@host", "https://key:secret@host/a/b", "photos", ""])
def test_an_address_without_a_bucket_is_no_bucket(url: str) -> None:
    with pytest.raises(ValueError, match="https://key:secret@host/bucket"):
        PhotoBucket.at(url)
