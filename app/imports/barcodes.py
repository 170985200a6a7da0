"""Barcodes (GS1 GTINs) as files hold them, and the damage spreadsheets do to them."""

import re

from app.catalog.gtin import check_digit
from app.imports.row_problems import CellRefused, excerpt

_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]*)?E\+?[0-9]+", re.IGNORECASE)
_DECIMAL = re.compile(r"[0-9]+[.,]0+")
_DIGITS = re.compile(r"[0-9]+")
_LENGTHS = frozenset({8, 12, 13, 14})


def gtin(text: str) -> str:
    """The digits of a GTIN-8, -12, -13 or -14 with a right check digit.

    One apostrophe before them is taken off: Shopify writes it so that spreadsheets keep the digits. Everything else is
    refused, with a code that tells what has happened to the barcode.
    """
    digits = text.removeprefix("'")
    if not _DIGITS.fullmatch(digits):
        raise CellRefused(_damage(digits), text=excerpt(text))
    if len(digits) not in _LENGTHS:
        raise CellRefused("barcode-length", text=excerpt(text), digits=str(len(digits)))
    if check_digit(digits[:-1]) != int(digits[-1]):
        raise CellRefused("barcode-check-digit", text=excerpt(text))
    return digits


def _damage(text: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        return "barcode-scientific"
    return "barcode-decimal" if _DECIMAL.fullmatch(text) else "barcode-not-digits"
