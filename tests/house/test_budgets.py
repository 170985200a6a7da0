"""Size budgets: a file that no longer fits in a head is split by deed, and no file is a drawer for the rest."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES_PER_FILE = 400
LINES_PER_FUNCTION = 50
LISTS = {"domain_events.py"}  # one list by decision, read by searching it
DRAWER = re.compile(r"common|constants?|dependenc(y|ies)|helpers?|managers?|misc|repositor(y|ies)|services?|utils?")


def overruns(app: Path) -> Iterator[str]:
    """Every breach of a budget in a tree of modules, as `path: what is too large`."""
    for module in sorted(app.rglob("*.py")):
        path = module.relative_to(app).as_posix()
        source = module.read_text()
        if DRAWER.fullmatch(module.stem):
            yield f"{path}: a drawer"
        if source.count("\n") > LINES_PER_FILE and path not in LISTS:
            yield f"{path}: {source.count(chr(10))} lines"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length >= LINES_PER_FUNCTION:
                    yield f"{path}: {node.name} of {length} lines"


def test_every_module_keeps_its_budget() -> None:
    assert list(overruns(ROOT / "app")) == []


def test_a_breach_is_seen(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("\n" * (LINES_PER_FILE + 1))
    (tmp_path / "utils.py").touch()
    body = "    1\n" * (LINES_PER_FUNCTION - 1)
    (tmp_path / "wide.py").write_text(f"def wide():\n{body}")
    (tmp_path / "sound.py").write_text(f"async def narrow():\n{body.removesuffix('    1' + chr(10))}")
    assert list(overruns(tmp_path)) == ["long.py: 401 lines", "utils.py: a drawer", "wide.py: wide of 50 lines"]
