"""A backup taken while customers buy, restored beside: the service works on it at once."""

import asyncio
import time
from pathlib import Path

import pytest
from psycopg import sql

from tests.faults.conftest import Trying
from tests.faults.harness.customers import Customers
from tests.faults.harness.installation import Installation, says, until
from tests.faults.harness.trial import Stage
from tests.make.processes import free_port

_RESTORED = "restored"


@pytest.mark.faults
async def test_a_large_backup_restores_and_takes_orders(
    large: Stage, trying_at_size: Trying, seed: int, tmp_path: Path
) -> None:
    service, file = large.installation, tmp_path / "rantau.tar"
    async with trying_at_size("D3", "backed up while customers buy, and restored: 100,000 orders") as trial:
        async with trial.fault():
            backed_up = await _seconds(service, ["backup", str(file)])
        await trial.recovers(within=1)
        assert trial.noticed() == []
        with service.postgres.connect(autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER rantau_owner").format(sql.Identifier(_RESTORED)))
        there = {
            "RANTAU_DATABASE_URL": service.postgres.cluster.url("owner", _RESTORED),
            "RANTAU_APP_DATABASE_URL": service.postgres.cluster.url("app", _RESTORED),
        }
        restored = await _seconds(service, ["restore", str(file)], there)
        checked = await _seconds(service, ["check"], there)
        trial.notes.append(
            f"{file.stat().st_size / 2**20:.0f} MiB, backed up in {backed_up:.0f} s, "
            f"restored equal in {restored:.0f} s, checked in {checked:.0f} s"
        )
    port = free_port()
    service.start("serve", environment=there | {"RANTAU_PORT": str(port)})
    url = f"http://127.0.0.1:{port}"
    await until(lambda: says(f"{url}/readyz", 200), seconds=120, why="the restored service is not ready")
    async with Customers(url, large.world, tmp_path / "receipts", seed) as customers:
        await customers.more_receipts(16, seconds=120)


async def _seconds(service: Installation, words: list[str], environment: dict[str, str] | None = None) -> float:
    """Run a command to its end; gives how long it took."""
    began = time.monotonic()
    process = service.start(*words, environment=environment)
    assert await asyncio.to_thread(process.wait, 1200) == 0, service.last_words()
    return time.monotonic() - began
