"""What a stranger sends as a photo, made into a picture of ours: known by its content, drawn anew, rid of the rest."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from mobility.base.errors import Conflict, Invalid, NotFound, Unavailable

UPLOAD_BYTES_MAX: Final = 8_000_000
"""A photo of 12 megapixels from a phone is 3 to 6 MB."""
PIXELS_MAX: Final = 25_000_000
"""The largest sensors that phones use by default; decoded it takes 100 MB."""
SIDE_PX_MAX: Final = 1_600
"""A scratch is still seen; with `JPEG_QUALITY` about 300 kB."""
JPEG_QUALITY: Final = 80
PHOTOS_MAX: Final = 5
"""A report's: each side of a car and one from near."""

FORMATS: Final = ("JPEG", "PNG", "WEBP")
# A phone's JPEG may carry a second picture (depth, brightness) after the first: Pillow calls that MPO.
STILL: Final = frozenset({"JPEG", "MPO"})
WHITE: Final = (255, 255, 255)


class PhotoUnreadable(Invalid):
    code = "photo_unreadable"
    fr = "Ce fichier n'est pas une photo JPEG, PNG ou WebP entière."
    en = "This file is not a whole JPEG, PNG or WebP photo."


class PhotoTooManyPixels(Invalid):
    code = "photo_too_many_pixels"
    fr = "Cette photo a plus de {pixels_max} pixels : réduisez-la d'abord."
    en = "This photo has more than {pixels_max} pixels: make it smaller first."


class PhotoAnimated(Invalid):
    code = "photo_animated"
    fr = "Cette image est animée : envoyez une photo."
    en = "This picture moves: send a photo."


class PhotosTooMany(Conflict):
    code = "photos_too_many"
    fr = "Un signalement a {photos_max} photos au plus."
    en = "A report has {photos_max} photos at most."


class UnknownPhoto(NotFound):
    code = "unknown_photo"
    fr = "Cette photo n'existe pas, ou n'est plus gardée."
    en = "There is no such photo, or it is no longer kept."


class PhotoStoreUnavailable(Unavailable):
    code = "photo_store_unavailable"
    fr = "Les photos sont momentanément inaccessibles : réessayez dans une minute."
    en = "Photos cannot be reached for a moment: try again in a minute."


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of our own making, upright, in red, green and blue, without any metadata."""

    jpeg: bytes
    width_px: int
    height_px: int


def redraw(upload: bytes) -> Picture:
    """The picture in an upload of JPEG, PNG or WebP, no side longer than `SIDE_PX_MAX`; takes up to a second of a core.

    Only pixels cross over: place, time, device, comments and whatever else lay in the file stay behind.

    Raises
    ------
    PhotoUnreadable, PhotoTooManyPixels, PhotoAnimated
    """
    image = _open(upload)
    try:
        return _drawn(image)
    except Exception:
        # A decoder fed by strangers raises whatever its bytes lead it to: OSError, SyntaxError, struct.error, …
        raise PhotoUnreadable from None


def _open(upload: bytes) -> Image.Image:
    """The file by its first bytes, not decoded yet."""
    try:
        image = Image.open(BytesIO(upload), formats=FORMATS)
        frames = getattr(image, "n_frames", 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoTooManyPixels(pixels_max=PIXELS_MAX) from None
    except Exception:
        raise PhotoUnreadable from None
    if image.width * image.height > PIXELS_MAX:
        raise PhotoTooManyPixels(pixels_max=PIXELS_MAX)
    if image.format not in STILL and frames > 1:
        raise PhotoAnimated
    return image


def _drawn(image: Image.Image) -> Picture:
    # A large JPEG is decoded small: a sixteenth of the work and memory.
    image.draft("RGB", (SIDE_PX_MAX, SIDE_PX_MAX))
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((SIDE_PX_MAX, SIDE_PX_MAX))
    # A new sheet: Pillow would carry an image's comments and profiles into what it saves.
    sheet = Image.new("RGB", upright.size, WHITE)
    sheet.paste(upright.convert("RGB"), mask=upright.convert("RGBA").getchannel("A"))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=JPEG_QUALITY)
    return Picture(out.getvalue(), sheet.width, sheet.height)
