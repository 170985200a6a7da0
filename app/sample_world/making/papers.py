"""Papers to show: a sheet with a few lines on it."""

from io import BytesIO

from PIL import Image, ImageDraw

_SHEET = 420, 595  # points: A5


def pdf(*lines: str) -> bytes:
    """A sheet that says these lines, as a PDF."""
    sheet = Image.new("L", _SHEET, "white")
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(("Sample", *lines)):
        pen.text((40, 40 + 30 * number), line, fill="black", font_size=16)
    written = BytesIO()
    sheet.save(written, "PDF")
    return written.getvalue()
