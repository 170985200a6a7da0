"""The README's first order, run as it stands against `rantau up` with its sample world."""

import re
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.make.embedded_postgres import empty_home
from tests.make.processes import CHECKOUT, answers, command, free_port, wait_until

bash = which("bash") or ""


def first_order() -> str:
    """The shell script under "A first order in five requests"."""
    section = (CHECKOUT / "README.md").read_text().partition("## A first order in five requests")[2]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.skipif(not bash or which("curl") is None, reason="the README's requests are for bash and curl")
def test_the_first_order_is_placed_paid_and_delivered(tmp_path: Path) -> None:
    with empty_home() as home:
        port = free_port()
        environment = {"RANTAU_HOME": str(home), "RANTAU_PORT": str(port)}
        with command("up", environment=environment):
            wait_until(answers(f"http://127.0.0.1:{port}/readyz"), seconds=240, why="never ready")
            ran = subprocess.run(
                [bash, "-e", "-c", first_order()],
                cwd=tmp_path,
                env={"API": f"http://127.0.0.1:{port}/v1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr
            said = ran.stdout.splitlines()
            assert [said[0], *said[2:5]] == ["submitted", "confirmed", "shipped", "paid and delivered"]
            checked = subprocess.run(
                [sys.executable, "-m", "app", "check"],
                cwd=CHECKOUT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert checked.returncode == 0, checked.stdout + checked.stderr
