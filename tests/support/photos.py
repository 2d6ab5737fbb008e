"""Photos as phones make them, and files that only pretend."""

from io import BytesIO
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

GPS_CANARY = "KESTREL-GPS-31"
LATITUDE = (50.0, 31.0, 48.123)


def photo(format_: str = "JPEG", size: tuple[int, int] = (64, 48), **save: Any) -> bytes:
    """A picture, red on the left and blue on the right."""
    image = Image.new("RGB", size, (200, 0, 0))
    image.paste((0, 0, 200), (size[0] // 2, 0, size[0], size[1]))
    out = BytesIO()
    image.save(out, format_, **save)
    return out.getvalue()


def geotagged(format_: str = "JPEG", size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    """A photo that says where, when and by which device it was taken."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Orientation] = GPS_CANARY, orientation
    exif[Base.DateTime] = "2026:06:15 10:00:00"
    exif.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: LATITUDE, GPS.GPSProcessingMethod: GPS_CANARY.encode()}
    )
    extras: dict[str, Any] = {"exif": exif.tobytes()}
    if format_ == "JPEG":
        extras |= {"comment": GPS_CANARY.encode(), "xmp": f"<x>{GPS_CANARY}</x>".encode()}
    return photo(format_, size, **extras)


def animated(format_: str) -> bytes:
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 120, 240)]
    out = BytesIO()
    frames[0].save(out, format_, save_all=True, append_images=frames[1:])
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg), formats=("JPEG",))
