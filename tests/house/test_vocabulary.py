"""Some words have one home: committing, the time, the environment, HTTP errors, imports by name, the HTTP client."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What these modules of `app` alone may write. The linters ban most of it too, but cannot see methods, SQL or names.
HOMES = {
    ("kernel/database",): re.compile(r"\.commit$"),
    ("kernel/clock",): re.compile(
        r"(?<!\bclock)\.(now|utcnow|today)$|^time\.time$|\.(current_timestamp|localtimestamp|statement_timestamp)$"
        r"|(?i:\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|\bcurrent_(timestamp|date)\b)"
    ),
    ("kernel/settings", "kernel/server"): re.compile(r"^os\.(environ|getenv)"),
    ("kernel/edge",): re.compile(r"\bHTTPException$"),
    ("models", "worker", "cli/commands", "kernel/server"): re.compile(r"\bimport_module$"),
}


def written(source: str) -> Iterator[str]:
    """The dotted names a module imports or uses, and its strings but for the docstrings."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def homeless(path: str, source: str) -> list[str]:
    """What a module, given by its path below `app`, says that has its home elsewhere."""
    module = path.removesuffix(".py") + "/"
    meanings = [meant for homes, meant in HOMES.items() if not module.startswith(tuple(f"{home}/" for home in homes))]
    return [words for words in written(source) if any(meant.search(words) for meant in meanings)]


def test_every_word_is_at_home() -> None:
    modules = {module.relative_to(ROOT / "app").as_posix(): module.read_text() for module in ROOT.glob("app/**/*.py")}
    found = {path: homeless(path, source) for path, source in modules.items()}
    assert {path: words for path, words in found.items() if words} == {}


def test_the_http_client_is_imported_in_one_place() -> None:
    users = [module for module in ROOT.glob("app/**/*.py") if "httpx" in set(written(module.read_text()))]
    assert len(users) <= 1, users


@pytest.mark.parametrize(
    "source",
    [
        "await session.commit()",
        "await request.state.session.commit()",
        "datetime.datetime.now(tz=UTC)",
        "from datetime import datetime\ndatetime.now(UTC)",
        "date.today()",
        "func.now()",
        "text('SELECT now()')",
        "text('UPDATE t SET at = CURRENT_TIMESTAMP')",
        "import time\ntime.time()",
        "os.environ['HOME']",
        "from os import getenv",
        "from fastapi import HTTPException",
        "from importlib import import_module",
    ],
)
def test_a_word_away_from_home_is_seen(source: str) -> None:
    assert homeless("orders/actions.py", source)


@pytest.mark.parametrize("source", ["await clock.now(session)", "'''now() is the clock's.'''", "'Pay now (or later)'"])
def test_a_word_that_only_looks_alike_is_left_alone(source: str) -> None:
    assert homeless("orders/actions.py", source) == []
