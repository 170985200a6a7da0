"""The pins cover what the project declares, and nothing that is committed names a place to fetch from."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
PLACE = re.compile(r"://|--?(extra-)?index|find-links|trusted-host|-r /|@ file|/(home|root|tmp|work|Users)/")


def test_every_line_is_an_exact_version_in_order() -> None:
    assert [pin for pin in PINS if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?", pin)] == []
    assert sorted(PINS, key=lambda pin: pin.split("==")[0]) == PINS


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = {pin.split("==")[0]: pin.split("==")[1].split(" ")[0] for pin in PINS}
    declared = map(Requirement, project["dependencies"] + project["optional-dependencies"]["dev"])
    assert [need for need in declared if versions.get(canonicalize_name(need.name), "0") not in need.specifier] == []


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml", "Makefile", "Dockerfile"])
def test_no_file_names_a_place_to_fetch_from(name: str) -> None:
    assert PLACE.findall((ROOT / name).read_text()) == []


@pytest.mark.parametrize("line", ["pip install --index-url x", "a @ file", "https" + "://a.example/simple", "-r /a"])
def test_a_place_is_seen(line: str) -> None:
    assert PLACE.search(line)
