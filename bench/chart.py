"""Draws the picture of the results: a bar of ours inside the reference's for every work."""

from collections.abc import Iterator, Sequence

from bench.loads import LOADS
from bench.measuring import Cell

_LOADS = {load.name: load for load in LOADS}
_WIDTH = 860
_LEFT = 250
_BAR = 22
_ROW = 46
_TOP = 74
_SCALE = _WIDTH - _LEFT - 150
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:13px;fill:#1f2933}"
    ".title{font-size:17px;font-weight:600}.quiet{fill:#66727f;font-size:12px}.number{font-weight:600}"
    ".raw{fill:#d9e2ec}.ours{fill:#1f7a6d}.goal{stroke:#c2410c;stroke-width:2}"
    ".page{fill:#ffffff}"
)


def draw(cells: Sequence[Cell]) -> str:
    """An SVG of the ratios at the fewest processes and connections that were measured, world by world."""
    shown = _chosen(cells)
    height = _TOP + _ROW * len(shown) + 16
    rows = "".join(_row(cell, _TOP + _ROW * index) for index, cell in enumerate(shown))
    circumstances = f"{shown[0].processes} process, {shown[0].connections} connections" if shown else "nothing measured"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Ours beside the bare reference">'
        f"<style>{_STYLE}</style>"
        f'<rect class="page" width="{_WIDTH}" height="{height}" rx="8"/>'
        f'<text class="title" x="24" y="34">Ours beside the bare reference</text>'
        f'<text class="quiet" x="24" y="54">{circumstances}; a full bar is what the reference does</text>'
        f"{_key()}{rows}</svg>\n"
    )


def _chosen(cells: Sequence[Cell]) -> list[Cell]:
    circumstances = min(((cell.processes, cell.connections) for cell in cells), default=(0, 0))
    return [cell for cell in cells if (cell.processes, cell.connections) == circumstances]


def _key() -> str:
    x = _WIDTH - 250
    return (
        f'<rect class="ours" x="{x}" y="24" width="14" height="12" rx="2"/><text class="quiet" x="{x + 20}" y="34">'
        f'ours</text><rect class="raw" x="{x + 64}" y="24" width="14" height="12" rx="2"/>'
        f'<text class="quiet" x="{x + 84}" y="34">reference</text>'
        f'<line class="goal" x1="{x + 160}" x2="{x + 160}" y1="22" y2="38"/>'
        f'<text class="quiet" x="{x + 168}" y="34">goal</text>'
    )


def _row(cell: Cell, y: int) -> str:
    return "".join(_parts(cell, y))


def _parts(cell: Cell, y: int) -> Iterator[str]:
    load = _LOADS[cell.load]
    ratio = min(cell.ratio, 1.0)
    goal = _LEFT + _SCALE * load.goal
    yield f'<text x="24" y="{y + 15}">{load.title}</text>'
    yield f'<text class="quiet" x="24" y="{y + 31}">{cell.products:,} products</text>'
    yield f'<rect class="raw" x="{_LEFT}" y="{y}" width="{_SCALE}" height="{_BAR}" rx="4"/>'
    yield f'<rect class="ours" x="{_LEFT}" y="{y}" width="{_SCALE * ratio:.1f}" height="{_BAR}" rx="4"/>'
    yield f'<line class="goal" x1="{goal:.1f}" x2="{goal:.1f}" y1="{y - 3}" y2="{y + _BAR + 3}"/>'
    yield f'<text class="number" x="{_LEFT + _SCALE + 12}" y="{y + 16}">{cell.ratio:.2f}</text>'
    yield (
        f'<text class="quiet" x="{_LEFT + _SCALE + 50}" y="{y + 16}">{cell.ours.rate:,.0f} / '
        f"{cell.reference.rate:,.0f}</text>"
    )
