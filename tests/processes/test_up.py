"""`rantau up` from nothing: ready, stopped by Ctrl-C, and nothing acknowledged lost when all of it is killed."""

import signal
import socket
from pathlib import Path

import httpx
import psutil

from app.kernel.settings import Settings
from tests.make.embedded_postgres import empty_home
from tests.make.identity import newest_code
from tests.make.processes import answers, command, free_port, kill_tree, tree, wait_until

ADDRESS = "siti@example.org"


def sign_up(http: httpx.Client, home: Path) -> str:
    """Come in by a code from the mailbox; gives the access token."""
    assert http.post("/v1/auth/codes", json={"address": ADDRESS}).status_code == 202
    folder = home / "mailbox"
    wait_until(lambda: any(folder.glob("*.json")), seconds=20, why="no letter in the mailbox")
    code = newest_code(Settings(home=home), ADDRESS)
    answer = http.post("/v1/auth/sessions", json={"address": ADDRESS, "code": code, "display_name": "Siti"})
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["access_token"]
    return token


def test_what_was_acknowledged_survives_the_death_of_everything() -> None:
    with empty_home() as home:
        port = free_port()
        environment = {"RANTAU_HOME": str(home), "RANTAU_PORT": str(port)}
        ready = answers(f"http://127.0.0.1:{port}/readyz")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
            with command("up", "--no-sample-world", environment=environment) as process:
                wait_until(ready, seconds=60, why="never ready")
                http.headers["Authorization"] = f"Bearer {sign_up(http, home)}"
                profile = http.patch("/v1/me", json={"city": "Blitar"})
                assert profile.status_code == 200, profile.text
                servers = [each for each in psutil.process_iter() if is_postgres_of(each, home)]
                killed = kill_tree(process)
                for each in servers:
                    each.kill()
                psutil.wait_procs(servers, timeout=10)
                assert len(killed) >= 3, "not felt: the API and the worker were not among the killed"
                assert servers, "not felt: PostgreSQL was not killed"
            with command("up", "--no-sample-world", environment=environment) as process:
                wait_until(ready, seconds=60, why="never ready again")
                assert http.get("/v1/me").json()["city"] == "Blitar"
                running = tree(process)
                process.send_signal(signal.SIGINT)
                assert process.wait(30) == 0
                _, alive = psutil.wait_procs(running, timeout=5)
                assert alive == []
                assert not any(is_postgres_of(each, home) for each in psutil.process_iter())


def test_a_taken_port_is_said_at_once() -> None:
    with empty_home() as home, socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {"RANTAU_HOME": str(home), "RANTAU_PORT": str(taken.getsockname()[1])}
        with command("up", environment=environment) as process:
            assert process.wait(20) == 75


def is_postgres_of(process: psutil.Process, home: Path) -> bool:
    """Whether the process is the server whose data lie in `home`."""
    try:
        words = process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any("postgres" in word for word in words[:1]) and any(str(home) in word for word in words)
