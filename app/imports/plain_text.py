"""A product's description as text: what its HTML says, without the markup."""

import html
import re

import nh3

from app.kernel.schema import FORBIDDEN

_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
_OTHERS = {"li": "\n• ", "br": "\n", "tr": "\n", "td": " ", "th": " "}
_TAG = re.compile(r"<(/?)([a-z1-6]+)>")


def plain_text(description: str) -> str:
    """The description's words in lines and paragraphs, list items behind bullets; text that is no HTML stays as it is.

    An HTML parser decides what is markup, however broken; scripts and styles are left out with all they hold.
    """
    if not nh3.is_html(description):
        return description
    kept = nh3.clean(description, tags=_BLOCKS | _OTHERS.keys(), attributes={})
    text = FORBIDDEN.sub("", html.unescape(_TAG.sub(_spaced, " ".join(kept.split()))))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line != "•")).strip()


def _spaced(tag: re.Match[str]) -> str:
    closing, name = tag.groups()
    if name in _BLOCKS:
        return "\n\n"
    return "" if closing else _OTHERS[name]
