"""The storm's picture: orders acknowledged second by second, with the faults in between."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tests.faults.harness.trial import Mark, Trial

_WIDTH, _HEIGHT = 860, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 24, 176, 290
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:11px;fill:#1f2933}"
    ".title{font-size:17px;font-weight:600}.quiet{fill:#66727f;font-size:12px}.page{fill:#ffffff}"
    ".orders{fill:#1f7a6d}.fault{fill:#c2410c;opacity:.22}.axis{stroke:#9aa5b1}.tick{fill:#66727f;font-size:11px}"
)


def told(trial: Trial) -> dict[str, Any]:
    """What the picture is drawn from: orders in each second since the storm began, and its faults."""
    seconds = Counter(int(at - trial.began) for at in trial.customers.record.placed_at)
    orders = [seconds[each] for each in range(int(trial.ended - trial.began) + 1)]
    return {"orders": orders, "marks": [[*mark] for mark in trial.marks]}  # plain, to go from one process to another


def draw(orders: Sequence[int], marks: Sequence[Mark]) -> str:
    """An SVG of it."""
    title = "Orders acknowledged in each second of the storm"
    size = f'width="{_WIDTH}" height="{_HEIGHT}"'
    told = f"{sum(orders):,} orders in {len(orders)} s; a shaded strip is a fault, as long as it lasted"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{title}"><style>{_STYLE}</style><rect class="page" {size} rx="8"/>'
        f'<text class="title" x="24" y="34">{title}</text><text class="quiet" x="24" y="54">{told}</text>'
        f"{''.join(_parts(orders, marks))}</svg>\n"
    )


def _parts(orders: Sequence[int], marks: Sequence[Mark]) -> Iterator[str]:
    second = (_WIDTH - _LEFT - _RIGHT) / len(orders)
    most = max(*orders, 1)
    label_at = 0.0
    for mark in marks:
        x, width = _LEFT + mark.began * second, max((mark.ended - mark.began) * second, 1.5)
        label_at = max(x + 4, label_at + 12)  # so that no name is written over another
        yield f'<rect class="fault" x="{x:.1f}" y="{_TOP - 8}" width="{width:.1f}" height="{_BOTTOM - _TOP + 8}"/>'
        yield f'<text transform="translate({label_at:.1f} {_TOP - 12}) rotate(-60)">{mark.name}</text>'
    for at, count in enumerate(orders):
        height = (_BOTTOM - _TOP) * count / most
        x, y = _LEFT + at * second, _BOTTOM - height
        yield f'<rect class="orders" x="{x:.1f}" y="{y:.1f}" width="{second:.2f}" height="{height:.1f}"/>'
    yield f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{_BOTTOM}" y2="{_BOTTOM}"/>'
    yield f'<text class="tick" x="24" y="{_TOP + 8}">{most}/s</text><text class="tick" x="32" y="{_BOTTOM}">0</text>'
    for at in range(0, len(orders) * 19 // 20, max(30, len(orders) // 10 // 30 * 30)):  # the last would stand out
        yield f'<text class="tick" x="{_LEFT + at * second:.1f}" y="{_BOTTOM + 18}">{at} s</text>'
