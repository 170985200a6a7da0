"""Text as members write it: rid of what nobody sees, and the links in it counted."""

import re
from typing import Final

# Characters without a width that no script needs between its letters. The two joiners stay: Persian, Hindi and emoji
# are written with them.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2064\u3164\ufeff]"
)
_JOINER: Final = re.compile("[\u200c\u200d]+")
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n){2,}")
_LINK: Final = re.compile(
    r"(?:https?://|www\.)\S"
    r"|(?<![\w@.])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|info|biz|shop|store|site|online|app|link|me|io|co"
    r"|ly|id|nl|de|tr|my|sg|tw|hk|jp|kr|au|uk|us|sa|ae)(?![\w.-]*\w)(?=$|[\s/?#:,;!)\]}\"'.])",
    re.IGNORECASE,
)


def cleaned(text: str) -> str:
    """Leave out what nobody sees, joiners that join nothing, and more than one empty line in a row."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _JOINER.sub(lambda found: found[0][0] if _joins(text, found) else "", text)
    return _BLANK_LINES.sub("\n\n", text).strip()


def count_links(text: str) -> int:
    """How many addresses of the web a text names, with or without `https://`."""
    return len(_LINK.findall(text))


def _joins(text: str, found: re.Match[str]) -> bool:
    """Whether a joiner stands between two characters that are not spaces."""
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    return bool(before.strip() and after.strip())
