from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from mobility.base.errors import SettingUnreadable
from mobility.fleet.rules.photos import PhotoStoreUnavailable

# Somebody stands beside a vehicle and waits; a second try is theirs.
ANSWER_WITHIN = timedelta(seconds=5)
LIST_AT_ONCE = 500


class PhotoBucket:
    """A `PhotoStore` in a private bucket of any service that speaks S3."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def at(cls, url: str) -> Self:
        """The bucket at `https://key:secret@host/bucket?region=name`; key and secret percent-encoded.

        Raises
        ------
        SettingUnreadable
            The URL names no bucket.
        """
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if not (parts.hostname and bucket) or "/" in bucket:
            raise SettingUnreadable("MOBILITY_PHOTOS_S3 must be https://key:secret@host/bucket?region=name")
        port = f":{parts.port}" if parts.port else ""
        store = S3Store(
            bucket,
            endpoint=f"{parts.scheme}://{parts.hostname}{port}",
            access_key_id=unquote(parts.username or ""),
            secret_access_key=unquote(parts.password or ""),
            region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
            virtual_hosted_style_request=False,
            client_options={"allow_http": parts.scheme == "http", "timeout": ANSWER_WITHIN},
            retry_config={"max_retries": 1, "retry_timeout": ANSWER_WITHIN},
        )
        return cls(store)

    async def put(self, name: str, jpeg: bytes) -> None:
        with _answering():
            await self._store.put_async(name, jpeg, attributes={"Content-Type": "image/jpeg"})

    async def find(self, name: str) -> bytes | None:
        with _answering():
            try:
                found = await self._store.get_async(name)
            except FileNotFoundError:
                return None
            return bytes(await found.bytes_async())

    async def remove(self, names: Sequence[str]) -> None:
        if names:
            with _answering():
                await self._store.delete_async(list(names))

    async def names_before(self, before: datetime) -> AsyncIterator[Sequence[str]]:
        with _answering():
            async for page in self._store.list(chunk_size=LIST_AT_ONCE):
                yield [found["path"] for found in page if found["last_modified"] < before]


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError):
        # Whatever the store says may quote its address or a key.
        raise PhotoStoreUnavailable from None
