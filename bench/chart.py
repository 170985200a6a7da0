"""Draws the picture of the results: ours inside the bare reference's bar, and beside what a user would pick instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from xml.sax.saxutils import escape

from bench.loads import LOADS
from bench.measuring import OURS, REFERENCE, Measured, Row, ratios

_WIDTH = 860
_LEFT = 240
_SCALE = 400
_BAR = 16
_PEERS = ("vendure", "medusa")
_STYLE = (
    "svg{--page:#fff;--ink:#1f2933;--quiet:#5b6773;--back:#dde4ea;--ours:#1f7a6d;--larger:#74b9ab;--goal:#c2410c;"
    "--vendure:#7c6bb0;--medusa:#b08a3e}"
    "@media(prefers-color-scheme:dark){svg{--page:#161b22;--ink:#e6edf3;--quiet:#9aa6b2;--back:#2b333d;--ours:#3fb6a3;"
    "--larger:#23776a;--goal:#ff8f5a;--vendure:#a898dd;--medusa:#d6ae5c}}"
    "text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:var(--ink)}"
    ".title{font-size:16px;font-weight:600}.quiet{fill:var(--quiet);font-size:12px}.number{font-weight:600}"
    ".page{fill:var(--page)}.reference{fill:var(--back)}.ours{fill:var(--ours)}.larger{fill:var(--larger)}"
    ".vendure{fill:var(--vendure)}.medusa{fill:var(--medusa)}.mark{fill:var(--goal)}.goal{stroke:var(--goal);stroke-width:2}"
)


def draw(measured: Measured) -> str:
    """An SVG: each work's share of the reference's rate with its goal, world by world, then the rates beside peers."""
    canvas = _Canvas([])
    _draw_shares(canvas, measured)
    _draw_peers(canvas, measured)
    height = canvas.y + 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img" aria-label="Ours beside the bare reference and beside other shops"><style>{_STYLE}</style>'
        f'<rect class="page" width="{_WIDTH}" height="{height}" rx="8"/>{"".join(canvas.parts)}</svg>\n'
    )


@dataclass
class _Canvas:
    """What has been drawn, from the top down to `y`."""

    parts: list[str]
    y: int = 12

    def heading(self, title: str, below: str) -> None:
        """A title and what is to be known of what follows."""
        self._text(24, self.y + 24, title, "title")
        self._text(24, self.y + 44, below, "quiet")
        self.y += 62

    def key(self, entries: Sequence[tuple[str, str]]) -> None:
        """What the colours mean, on the right of the heading just drawn."""
        x = _WIDTH - 24
        for kind, named in reversed(entries):
            x -= len(named) * 7 + 34
            self._rectangle(x, self.y - 48, 14, 12, kind)
            self._text(x + 20, self.y - 38, named, "quiet")

    def label(self, text: str) -> None:
        """What the bars that follow are of."""
        self._text(24, self.y + 13, text, "")

    def bar(self, share: float, kind: str, figure: str, said: str, goal: float | None = None) -> None:
        """One bar, at most as long as the whole; with a goal it lies in the whole, and a line marks the goal."""
        if goal is not None:
            self._rectangle(_LEFT, self.y, _SCALE, _BAR, "reference")
        self._rectangle(_LEFT, self.y, max(_SCALE * min(share, 1.0), 2), _BAR, kind)
        if goal is not None:
            x = _LEFT + _SCALE * goal
            self.parts.append(f'<path class="goal" d="M{x:.0f} {self.y - 2}v{_BAR + 4}"/>')
        self._text(_LEFT + _SCALE + 12, self.y + 13, figure, "number")
        self._text(_LEFT + _SCALE + 62, self.y + 13, said, "quiet")
        self.y += _BAR + 4

    def gap(self) -> None:
        """Room below the last bar."""
        self.y += 10

    def _rectangle(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        self.parts.append(
            f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" width="{width:.1f}" height="{height}" rx="2"/>'
        )

    def _text(self, x: float, y: float, text: str, kind: str) -> None:
        self.parts.append(f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>')


def _draw_shares(canvas: _Canvas, measured: Measured) -> None:
    _, processes, connections = measured.circumstances
    worlds = sorted({row.products for row in measured.rows if row.service == OURS})
    told = f"a whole bar is what the reference does; {processes} process, {connections} connections, rates a second"
    canvas.heading("Ours beside the bare reference", told)
    kinds = ["ours", "larger"]
    named = [(kind, f"{products:,} products") for kind, products in zip(kinds, worlds, strict=False)]
    canvas.key([*named, ("reference", "reference"), ("mark", "goal")])
    for load in LOADS:
        canvas.label(load.title)
        for kind, products in zip(kinds, worlds, strict=False):
            pair = [measured.row(load.name, service, products=products) for service in (OURS, REFERENCE)]
            ours, reference = pair
            if ours is not None and reference is not None:
                share = median(ratios(ours, reference))
                said = f"{ours.rate:,.0f} of {reference.rate:,.0f}"
                canvas.bar(share, kind, f"{share:.2f}", said, load.goal)
        canvas.gap()


def _draw_peers(canvas: _Canvas, measured: Measured) -> None:
    products, _, connections = measured.circumstances
    if not any(row.service in _PEERS for row in measured.rows):
        return
    told = f"requests or orders a second; {products:,} products, one process each, {connections} connections"
    canvas.heading("Ours beside what a user would pick instead", told)
    canvas.key([("ours", "ours"), ("vendure", "Vendure"), ("medusa", "Medusa")])
    for load in LOADS:
        ours = measured.row(load.name)
        others = [row for peer in _PEERS if (row := measured.row(load.name, peer)) is not None]
        if ours is None or not others:
            continue
        canvas.label(load.title)
        canvas.bar(1.0, "ours", _rate(ours), "")
        for row in others:
            times = median(ratios(ours, row))
            canvas.bar(1 / times, row.service, _rate(row), f"{times:,.0f} times less")
        canvas.gap()


def _rate(row: Row) -> str:
    return f"{row.rate:,.0f}" if row.rate >= 10 else f"{row.rate:.1f}"
