"""The import contracts hold, each of them can fail, and what the linter cannot say about the tree is said here."""

import ast
import subprocess
import sys
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")

CONTRACTS = ConfigParser()
CONTRACTS.read(ROOT / ".importlinter")
ROOMS = {name.strip("()") for name in CONTRACTS["importlinter:contract:rooms"]["layers"].split()} - {"|"}
ALGORITHMS = CONTRACTS["importlinter:contract:algorithms"]["source_modules"].split()
NOT_DOMAINS = {"cli", "kernel", "invariants", "sample_world"}

# The smallest tree in which every kind of import that is allowed occurs.
SOUND_TREE = {f"{name.removeprefix('app.').replace('.', '/')}.py": "import decimal" for name in ALGORITHMS} | {
    "main.py": "import app.api, app.kernel.edge",
    "worker.py": "import app.stock.jobs, app.kernel.jobs",
    "api.py": "import app.stock.routes",
    "kernel/edge.py": "import fastapi",
    "kernel/jobs.py": "import app.kernel.clock",
    "kernel/clock.py": "import sqlalchemy",
    "identity/tokens.py": "import hashlib, app.kernel.clock",
    "identity/models.py": "import app.identity.tokens",
    "identity/guard.py": "import app.identity.models, app.kernel.edge",
    "catalog/models.py": "import app.kernel.clock",
    "catalog/queries.py": "import app.catalog.models",
    "catalog/actions.py": "import app.catalog.queries, app.kernel.jobs",
    "catalog/jobs.py": "import app.catalog.actions",
    "catalog/routes.py": "import app.catalog.actions, app.identity.guard, app.kernel.edge",
    "stock/models.py": "import app.catalog.models",
    "stock/schemas.py": "import app.stock.models",
    "stock/actions.py": "import app.stock.models, app.catalog.actions",
    "stock/jobs.py": "import app.stock.actions",
    "stock/routes.py": "import app.stock.actions, app.stock.schemas, app.identity.guard, app.kernel.edge",
    "treasury/models.py": "",
    "identity/errors.py": "",
}


def lint(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the project's contracts on the package `app` in a folder."""
    command: list[str | Path] = [LINTER, "--no-logo", "--no-cache", "--config", ROOT / ".importlinter", *options]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def plant(tree: Path, modules: dict[str, str]) -> None:
    """Write modules, given by their path below `app`, with a package around each."""
    for path, source in modules.items():
        module = tree / "app" / path
        module.parent.mkdir(parents=True, exist_ok=True)
        (tree / "app" / "__init__.py").touch()
        (module.parent / "__init__.py").touch()
        module.write_text(source)


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_sound_tree_keeps_every_contract(tmp_path: Path) -> None:
    plant(tmp_path, SOUND_TREE)
    result = lint(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("contract", "path", "source"),
    [
        ("floors", "catalog/models.py", "import app.stock.models"),
        ("floors", "orders/models.py", "import app.treasury.models"),
        ("floors", "warehouses/models.py", ""),
        ("rooms", "stock/models.py", "import app.stock.actions"),
        ("rooms", "stock/policy.py", "import app.stock.schemas"),
        ("rooms", "stock/routes.py", "import app.stock.jobs"),
        ("rooms", "stock/models/levels.py", "import app.stock.actions"),
        ("doors-routes", "stock/actions.py", "import app.catalog.routes"),
        ("doors-jobs", "stock/actions.py", "import app.catalog.jobs"),
        ("edge", "stock/actions.py", "import app.kernel.edge"),
        ("edge", "stock/actions.py", "import app.identity.guard"),
        ("http", "stock/schemas.py", "import starlette.responses"),
        ("http", "kernel/clock.py", "import fastapi"),
        ("cycles", "kernel/clock.py", "import app.kernel.jobs"),
        ("cycles", "kernel/clock.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import app.kernel.jobs"),
        ("algorithms", "identity/tokens.py", "import sqlalchemy"),
        ("algorithms", "identity/tokens.py", "import app.identity.errors"),
        ("models", "stock/models.py", "import app.catalog.actions"),
        ("models", "stock/schemas.py", "import app.catalog.queries"),
    ],
)
def test_one_import_breaks_its_contract(tmp_path: Path, contract: str, path: str, source: str) -> None:
    plant(tmp_path, SOUND_TREE | {path: source})
    result = lint(tmp_path, "--contract", contract)
    assert "Contracts: 0 kept, 1 broken." in result.stdout, result.stdout + result.stderr


def strangers(app: Path) -> set[str]:
    """The modules of domains that are neither a room nor among the algorithms of contract 6."""
    places = [f"app.*.{room}" for room in ROOMS - {"guard"}] + ["app.identity.guard", *ALGORITHMS]
    domains = [init.parent for init in app.glob("*/__init__.py") if init.parent.name not in NOT_DOMAINS]
    modules = [module for domain in domains for module in domain.iterdir() if is_module(module)]
    names = {f"app.{module.parent.name}.{module.stem}" for module in modules}
    return {name for name in names if not any(fnmatch(name, place) for place in places)}


def is_module(path: Path) -> bool:
    """Whether Python would import it from its package: a file, or a folder with an `__init__.py`."""
    return (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()


def test_a_module_of_a_domain_is_a_room_or_an_algorithm(tmp_path: Path) -> None:
    plant(tmp_path, SOUND_TREE | {"stock/service.py": "", "stock/guard.py": "", "stock/tools/a.py": ""})
    assert strangers(tmp_path / "app") == {"app.stock.service", "app.stock.guard", "app.stock.tools"}
    assert strangers(ROOT / "app") == set(), "Rooms have fixed names; list what only computes in contract 6."


def reexports(app: Path) -> set[str]:
    """The `__init__.py` files that hold more than their docstring."""
    inits = app.rglob("__init__.py")
    return {
        init.relative_to(app).as_posix()
        for init in inits
        if any(not isinstance(statement, ast.Expr) for statement in ast.parse(init.read_text()).body)
    }


def test_a_package_says_what_it_is_and_reexports_nothing(tmp_path: Path) -> None:
    plant(tmp_path, {"stock/__init__.py": '"""Stock."""\nfrom app.stock.models import Level'})
    assert reexports(tmp_path / "app") == {"stock/__init__.py"}
    assert reexports(ROOT / "app") == set()
