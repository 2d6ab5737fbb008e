"""What strangers send as photos."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mobility.base.errors import Problem
from mobility.fleet.rules.photos import PIXELS_MAX, SIDE_PX_MAX, redraw
from tests.support.photos import GPS_CANARY, LATITUDE, animated, geotagged, opened, photo


def refused(upload: bytes) -> str:
    with pytest.raises(Problem) as problem:
        redraw(upload)
    return problem.value.code


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of that size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg_of_the_same_picture(format_: str) -> None:
    picture = redraw(photo(format_))
    image = opened(picture.jpeg)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 48))
    assert (picture.width_px, picture.height_px) == image.size
    left, right = image.getpixel((8, 24)), image.getpixel((56, 24))
    assert left[0] > 150 > 80 > left[2]
    assert right[2] > 150 > 80 > right[0]


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_where_when_and_by_what_it_was_taken_is_nowhere_in_what_is_kept(format_: str) -> None:
    upload = geotagged(format_)
    assert GPS_CANARY.encode() in upload
    jpeg = redraw(upload).jpeg
    assert GPS_CANARY.encode() not in jpeg
    assert b"Exif" not in jpeg
    assert b"2026:06:15" not in jpeg
    assert struct.pack(">II", int(LATITUDE[2] * 1000), 1000) not in jpeg
    image = opened(jpeg)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_taken_sideways_is_kept_upright() -> None:
    image = opened(redraw(geotagged(orientation=6)).jpeg)
    assert image.size == (48, 64)
    top, bottom = image.getpixel((24, 8)), image.getpixel((24, 56))
    assert top[0] > top[2]
    assert bottom[2] > bottom[0]


def test_a_large_photo_is_made_small_and_keeps_its_shape() -> None:
    picture = redraw(photo("JPEG", (4000, 2000)))
    assert (picture.width_px, picture.height_px) == (SIDE_PX_MAX, SIDE_PX_MAX // 2)


def test_what_is_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (16, 16), (255, 0, 0, 0)).save(out, "PNG")
    assert opened(redraw(out.getvalue()).jpeg).getpixel((8, 8)) == (255, 255, 255)


def test_a_phones_second_picture_in_one_file_is_left_behind() -> None:
    first, second = Image.new("RGB", (40, 40), (200, 0, 0)), Image.new("RGB", (20, 20), (0, 0, 200))
    out = BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second])
    picture = redraw(out.getvalue())
    assert (picture.width_px, picture.height_px) == (40, 40)
    assert len(picture.jpeg) < len(out.getvalue())


@pytest.mark.parametrize("format_", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused_whatever_they_are_called(format_: str) -> None:
    assert refused(photo(format_)) == "photo_unreadable"


@pytest.mark.parametrize(
    "upload", [b"", b"\xff\xd8\xff", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"PK\3\4"]
)
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    assert refused(upload) == "photo_unreadable"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_was_cut_off_is_refused(format_: str) -> None:
    whole = photo(format_, (400, 300))
    assert refused(whole[: len(whole) // 2]) == "photo_unreadable"


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(format_: str) -> None:
    assert refused(animated(format_)) == "photo_animated"


@pytest.mark.parametrize("side", [5_001, 10_000, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    assert side * side > PIXELS_MAX
    assert refused(png_of(side, side)) == "photo_too_many_pixels"


@given(st.data())
def test_a_damaged_file_is_a_picture_or_a_refusal(data: st.DataObject) -> None:
    upload = bytearray(data.draw(st.sampled_from([geotagged("JPEG"), geotagged("PNG"), geotagged("WEBP")])))
    for place in data.draw(st.lists(st.integers(0, len(upload) - 1), max_size=8)):
        upload[place] = data.draw(st.integers(0, 255))
    try:
        assert redraw(bytes(upload)).jpeg.startswith(b"\xff\xd8")
    except Problem as problem:
        assert problem.code in {"photo_unreadable", "photo_too_many_pixels", "photo_animated"}  # noqa: PT017
