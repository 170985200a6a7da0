"""A program of its own: a picture on standard input becomes clean variants of it on standard output.

What strangers send is decoded here, under limits of memory and time, by a process that knows nothing and dies after it.
The output is one line of JSON, then the variants' bytes: a picture of too many pixels has no variants, and one that
cannot be read ends the program.
"""

import io
import json
import resource
import sys
from contextlib import suppress
from typing import Final

from PIL import Image, ImageCms, ImageOps

_MOST_PIXELS: Final = 25_000_000
_MEMORY: Final = 512 * 1024 * 1024
_CPU_SECONDS: Final = 4
_QUALITIES: Final = (85, 70, 55, 40)
_VARIANTS: Final = {"full": (2560, 2_000_000), "display": (1280, 200_000), "thumbnail": (320, 20_000)}
"""The longest side in pixels and the most bytes of each variant."""


def main(kind: str) -> None:
    """Decode a picture of Pillow's format `kind`."""
    _limit()
    Image.MAX_IMAGE_PIXELS = None  # ours is below, and an error rather than a warning
    image: Image.Image = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=(kind,))
    files: dict[str, bytes] = {}
    if image.width * image.height <= _MOST_PIXELS:  # by the header: nothing is decoded yet
        image = _clean(image)
        files = {name: _encode(image, side, most) for name, (side, most) in _VARIANTS.items()}
    sizes = {name: len(content) for name, content in files.items()}
    sys.stdout.buffer.write(json.dumps({"width": image.width, "height": image.height, "sizes": sizes}).encode() + b"\n")
    sys.stdout.buffer.writelines(files.values())


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _clean(image: Image.Image) -> Image.Image:
    """The picture upright, in sRGB, on white, at most as large as the largest variant, and nothing but its pixels."""
    profile = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGBA")  # a palette cannot be made smaller
    side = _VARIANTS["full"][0]
    image.thumbnail((side, side), reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    if profile and image.mode in {"RGB", "CMYK"}:
        image = _in_srgb(image, profile)
    pixels = Image.new("RGB", image.size, "white")
    pixels.paste(image.convert("RGB"), mask=image.getchannel("A") if "A" in image.getbands() else None)
    return pixels


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    with suppress(ImageCms.PyCMSError):
        theirs, ours = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        image = ImageCms.profileToProfile(image, theirs, ours, outputMode="RGB") or image
    return image


def _encode(image: Image.Image, side: int, most: int) -> bytes:
    """JPEG within `side` pixels and `most` bytes: first at less quality, then smaller."""
    shown = image.copy()
    shown.thumbnail((side, side), reducing_gap=2.0)
    for quality in _QUALITIES:
        written = io.BytesIO()
        shown.save(written, "JPEG", quality=quality, optimize=True)
        if written.tell() <= most:
            return written.getvalue()
    return _encode(shown, side * 4 // 5, most)


if __name__ == "__main__":
    main(sys.argv[1])
