"""Schemathesis as a program of its own against the running service, once for each role and seed."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.harness.service import Target
from tests.make.operations import operations
from tests.make.processes import CHECKOUT

HERE = Path(__file__).parents[1]
CONFIGURATION = HERE / "schemathesis.toml"
EXCLUSIONS = HERE / "exclusions.toml"
OWN = 0.6
"""How often a path names what is there and the caller's own, rather than what was made up."""


@dataclass(frozen=True)
class Report:
    """What a run came to."""

    cases: int
    is_clean: bool
    told: str


async def attack(
    target: Target, folder: Path, role: str, seed: int, *, phases: str, examples: int, only: str = "", but: str = ""
) -> Report:
    """Let Schemathesis have `target` as `role`, with all its checks, of valid and of invalid data.

    `only` and `but` are patterns of operations' ids: those that end the caller's own session come last, by themselves.
    """
    token = await target.token(role)
    configuration, report = folder / f"{role}-{seed}.toml", folder / f"{role}-{seed}.json"
    await asyncio.to_thread(configuration.write_text, _configuration(target, role, token))
    words = [
        *("--config-file", str(configuration), "--no-color", "run", str(CHECKOUT / "openapi" / "rantau.json")),
        *("--url", target.url, "--seed", str(seed), "--max-examples", str(examples), "--phases", phases),
        *("--checks", "all", "--mode", "all", "--workers", "1", "--continue-on-failure", "--no-shrink"),
        *("--generation-database", "none", "--warnings", "off", "--request-timeout", "30"),
        *("--report", "json", "--report-json-path", str(report)),
        *(("--include-operation-id-regex", only) if only else ()),
        *(("--exclude-operation-id-regex", but) if but else ()),
    ]
    # One worker: CPython 3.11 counts its parser's depth for all threads together, and fails where two parse at once.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", *words),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    if not await asyncio.to_thread(report.exists):
        raise AssertionError(told.decode()[-4000:])
    found = json.loads(await asyncio.to_thread(report.read_text))
    is_clean = process.returncode == 0 and found["complete"] and not found["failures"] and not found["errors"]
    return Report(found["test_cases"]["generated"], is_clean, told.decode()[-16_000:])


def _configuration(target: Target, role: str, token: str | None) -> str:
    lines = [CONFIGURATION.read_text(), EXCLUSIONS.read_text()]
    if token is not None:
        lines += ["[headers]", f'Authorization = "Bearer {token}"']
    bound: list[str] = []
    known: dict[str, str] = {}
    for operation in operations():
        named = {name: target.own(role, operation, name) for name in operation.parameters("path")}
        if not named:
            continue
        bound += [
            "[[operations]]",
            f'include-operation-id = "{operation.described["operationId"]}"',
            "[operations.parameters]",
        ]
        for parameter, value in named.items():
            name = known.setdefault(value, f"own-{len(known)}")
            bound.append(f'"path.{parameter}" = {{ dictionary = "{name}", probability = {OWN} }}')
    lines += ["[dictionaries]", *(f'{name} = {{ values = ["{value}"] }}' for value, name in known.items()), *bound]
    return "\n".join(lines)
