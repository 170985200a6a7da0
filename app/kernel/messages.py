"""Texts for people: English message ids with named parameters, translated from the catalogs in `app/locale`.

A message id is the English sentence itself; `app/locale/<language>/*.po` hold the translations, one file a domain.
Nobody formats a sentence before it is translated, so a translator sees whole sentences and may move the parameters.
"""

from functools import cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.pofile import read_po

LANGUAGES = ("en", "id", "tr")
"""The languages Rantau itself speaks, the first being that of the message ids."""

_LOCALE = Path(__file__).parent.parent / "locale"


def translate(message: str, language: str, **parameters: object) -> str:
    """Give `message` in `language`, its `{parameters}` filled in; an untranslated message stays English."""
    template = catalog(language).get(message, message)
    return template.format_map(_Lenient(parameters)) if parameters else template


def negotiate(accept_language: str | None) -> str:
    """Choose the language of an answer from an Accept-Language header, English where nothing fits."""
    if not accept_language:
        return "en"
    wanted = sorted(_preferences(accept_language[:200]), key=lambda preference: -preference[1])
    found = negotiate_locale([tag for tag, weight in wanted if weight > 0], LANGUAGES, sep="-")
    return found or "en"


@cache
def catalog(language: str) -> dict[str, str]:
    """All translations into `language`, by message id."""
    texts: dict[str, str] = {}
    for file in sorted((_LOCALE / language).glob("*.po")):
        with file.open("rb") as stream:
            entries = read_po(stream, locale=language)
        texts |= {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}
    return texts


class _Lenient(dict[str, object]):
    """A parameter that is missing stays in its braces: a text must not be able to break an answer."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _preferences(header: str) -> list[tuple[str, float]]:
    preferences = []
    for part in header.split(","):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        preferences.append((tag.strip().lower(), weight))  # tags have no case (RFC 4647, 2)
    return preferences
