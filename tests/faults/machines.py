"""Machines to break: PostgreSQL servers and web processes of production's kind, on loopback."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg

from nafta.operations import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "f" * 32  # what a form has to send back
PATIENCE = 60.0


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


# --- the database ---


@dataclass
class Database:
    """A PostgreSQL server that keeps what it has acknowledged."""

    folder: Path
    options: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/nafta"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def create(self) -> "Database":
        self._own()
        locale = ["--encoding=UTF8", "--locale=C", f"--lc-ctype={embedded_postgres.CTYPE}"]
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run("initdb", f"--pgdata={self.data}", "-U", "postgres", "-A", "trust", *locale)
        self.start()
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE nafta")
        return self

    def copy(self, other: Path) -> "Database":
        """Begin with what a server that was stopped has left in its folder."""
        self._own()
        shutil.copytree(other / "data", self.data)
        owner = self.folder.stat()
        for path in (self.data, *self.data.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
        self.start()
        return self

    def follow(self, primary: "Database") -> "Database":
        """Become a replica."""
        self._own()
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={self.port}"
        self._run("pg_basebackup", f"--pgdata={self.data}", "-R", "-d", source, "-c", "fast")
        self.start()
        return self

    def start(self) -> None:
        """Start it, once every process of the one that was killed is gone."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on",
            "synchronous_commit": "on",
            "max_connections": 200,
            "hot_standby_feedback": "on",
            **self.options,
        }
        told = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = f"--log={self.folder / 'log'}"

        def is_up() -> bool:
            with suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", log, "-o", told)
                return True
            return False

        wait_until(is_up, f"PostgreSQL does not start: see {self.folder / 'log'}")

    def stop(self, mode: str) -> None:
        self._run("pg_ctl", "stop", f"--pgdata={self.data}", f"--mode={mode}")

    def kill(self) -> None:
        """All its processes at once, as a machine does that loses its power."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        kill(pid)

    def connect(self, name: str = "nafta") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=name, autocommit=True
        )

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(sql, values).fetchall()

    def _own(self) -> None:
        self.folder.mkdir(parents=True)
        embedded_postgres._let_the_server_in(self.folder.resolve())

    def _run(self, program: str, *arguments: str) -> None:
        """As somebody who is not root, which PostgreSQL refuses to run as."""
        owner = self.folder.stat()
        root = os.geteuid() == 0
        with (self.folder / "output").open("a") as output:
            subprocess.run(
                [embedded_postgres.programs() / program, *arguments],
                check=True,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=owner.st_uid if root else None,
                group=owner.st_gid if root else None,
                extra_groups=[] if root else None,
            )


@dataclass
class Pooler:
    """PgBouncer in transaction mode before a server: each transaction may have another session."""

    folder: Path
    server: Database
    sessions: int
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/nafta"

    def start(self) -> "Pooler":
        configuration = self.folder / "pgbouncer.ini"
        configuration.write_text(f"""
            [databases]
            nafta = host=127.0.0.1 port={self.server.port} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {self.port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {self.sessions}
            max_client_conn = 200
        """)
        owner = self.server.folder.stat()
        root = os.geteuid() == 0  # as which it refuses to run
        self.process = subprocess.Popen(
            ["pgbouncer", "--quiet", configuration],
            user=owner.st_uid if root else None,
            group=owner.st_gid if root else None,
            extra_groups=[] if root else None,
        )
        wait_until(self.answers, "PgBouncer does not answer")
        return self

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url):
            return True
        return False

    def stop(self) -> None:
        assert self.process
        kill(self.process.pid)
        self.process.wait()


def kill(pid: int) -> None:
    """A process and all that it started, by SIGKILL: none can do anything more."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        parent.suspend()  # it starts no other meanwhile
        family = [parent, *parent.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=PATIENCE)


# --- the web ---

_collected: list[bool] = []  # whether the static files were collected in this run


@dataclass
class Web:
    """Web processes as in production, and what an editor's browser needs to ask them."""

    settings: dict[str, str]
    workers: int = 2
    port: int = field(default_factory=free_port)
    sessions: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    supervisor: threading.Thread | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in {"LOCAL", "DEBUG"}}
        ours.pop("PGOPTIONS", None)
        return ours | {
            "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-!",
            "ALLOWED_HOSTS": "127.0.0.1",
            "TLS": "no",
            "LOG_LEVEL": "WARNING",
            "API_RATE": "1000000",
            **self.settings,
        }

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that is to be broken, with what it prints as an error."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            check=True,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
        )
        return done.stdout.decode()

    def collect_static(self) -> None:
        """Once for all sites of a run: to compress the files takes half a minute of CPU."""
        if not _collected:
            self.manage("collectstatic", "--noinput", "--verbosity=0")
            _collected.append(True)

    def prepare(self, record: Path) -> "Web":
        """The record of a folder in the database."""
        self.manage("migrate", "--verbosity=0")
        self.manage("load_record", str(record), "--verbosity=0")
        return self

    def log_in(self) -> "Web":
        """The editors' browsers, and the static files that pages name."""
        self.collect_static()
        self.sessions = self.manage("shell", "--verbosity=0", "-c", LOGIN).split()
        return self

    def start(self) -> "Web":
        self.supervisor = threading.Thread(target=self._supervise)
        self.supervisor.start()
        wait_until(self.answers, "the web process does not answer")
        return self

    def _supervise(self) -> None:
        """Start it again whenever it has ended: it does so when its workers die too often."""
        while not self.stopping.is_set():
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                    *("--port", str(self.port), "--workers", str(self.workers)),
                    *("--blocking-threads", "32", "--no-log", "--respawn-failed-workers"),
                    "nafta.wsgi:application",
                ],
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
            )
            self.process.wait()

    def answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get("/robots.txt").status < 500
        return False

    def get(self, path: str) -> "Answer":
        """For a reader on a connection of its own, so that any of the processes may answer."""
        with closing(self.visitor()) as visitor:
            return visitor.get(path)

    def processes(self) -> list[psutil.Process]:
        assert self.process
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self) -> None:
        assert self.process
        kill(self.process.pid)

    def stop(self) -> None:
        self.stopping.set()
        while self.supervisor and self.supervisor.is_alive():
            self.kill()
            self.supervisor.join(0.1)

    def visitor(self, editor: int | None = None) -> "Visitor":
        """A reader, or one of the editors."""
        return Visitor(self.port, "" if editor is None else self.sessions[editor])


EDITORS = 3
LOGIN = f"""
from django.contrib.auth import get_user_model
from django.test import Client
users = get_user_model().objects
for number in range({EDITORS}):
    name = f"editor-{{number}}"
    user, _made = users.get_or_create(username=name, is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    print(client.cookies["sessionid"].value)
"""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def stored(self) -> bool:
        return self.status == HTTPStatus.FOUND


@dataclass
class Visitor:
    """A browser with one connection, kept open as long as the server keeps it."""

    port: int
    session: str = ""
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> Answer:
        body = urlencode(fields | {"csrfmiddlewaretoken": TOKEN}, doseq=True)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, kind | headers)

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def __del__(self) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        cookies = f"csrftoken={TOKEN}; sessionid={self.session}" if self.session else ""
        given = headers | ({"Cookie": cookies} if cookies else {})
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request(method, path, body, given)
            answer = self.connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
