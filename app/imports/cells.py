"""What the text of a cell means: amounts, whole numbers, flags, choices, addresses; refused rather than guessed."""

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from app.imports.row_problems import CellRefused, excerpt
from app.kernel import money

_MAX_DIGITS = 20  # beyond any limit here, and far from where Python refuses to convert

_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_NEGATIVE = re.compile(r"[-−]\s*[0-9][0-9.,]*")
_WITH_COMMA = re.compile(r"[0-9][0-9.]*,[0-9.,]*")
_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?")

# Spreadsheets in Indonesian, Malay, Dutch, Turkish and German write their own words when they save.
_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "1", "yes", "benar", "waar", "doğru", "wahr"), True),
    **dict.fromkeys(("false", "0", "no", "salah", "palsu", "onwaar", "yanliş", "falsch"), False),
}

T = TypeVar("T")


def amount(text: str, currency: str) -> int:
    """Read a price as Shopify writes it, digits with a decimal point, as minor units: “15000” in IDR is 1500000.

    Refuses what another country's custom would read differently: “15,000”, “10,5”, and “15.000” where the currency has
    no three decimals.
    """
    read = _AMOUNT.fullmatch(text)
    if not read:
        raise CellRefused(_misread(text), text=excerpt(text))
    exponent, step = money.exponent(currency), money.payment_step(currency)
    whole, decimals = read[1], read[2] or ""
    if len(decimals) > exponent:
        raise CellRefused("price-decimals", text=excerpt(text), currency=currency, decimals=str(exponent))
    digits = whole + decimals.ljust(exponent, "0")
    if len(digits) > _MAX_DIGITS or int(digits) > money.LINE_MAXIMUM:
        raise CellRefused("price-too-large", text=excerpt(text))
    if int(digits) % step:
        raise CellRefused("price-step", text=excerpt(text), currency=currency, step=f"{step / 10**exponent:g}")
    return int(digits)


def whole_number(text: str, limit: int) -> int:
    """Read a whole number from 0 to `limit`; “200.0” is one, “1.5” is not."""
    read = _WHOLE.fullmatch(text)
    if not read:
        raise CellRefused("number-not-whole", text=excerpt(text))
    if len(read[1]) > _MAX_DIGITS or int(read[1]) > limit:
        raise CellRefused("number-too-large", text=excerpt(text), limit=f"{limit:,}")
    return int(read[1])


def flag(text: str) -> bool:
    """Read TRUE or FALSE, in any case and in the words of localized spreadsheets."""
    try:
        return _FLAGS[text.casefold()]
    except KeyError:
        raise CellRefused("flag-unknown", text=excerpt(text)) from None


def choice(text: str, choices: Mapping[str, T]) -> T:
    """Read one of a few words, in any case."""
    try:
        return choices[text.casefold()]
    except KeyError:
        raise CellRefused("choice-unknown", text=excerpt(text), choices=", ".join(choices)) from None


def web_address(text: str) -> str:
    """Read an absolute http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CellRefused("url-invalid", text=excerpt(text))
    return text


def _misread(text: str) -> str:
    if _NEGATIVE.fullmatch(text):
        return "price-negative"
    return "price-comma" if _WITH_COMMA.fullmatch(text) else "price-not-a-number"
