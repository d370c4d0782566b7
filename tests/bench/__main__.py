"""How fast the site is, beside what it is held against: ``make bench``.

One run, one machine. All that is compared runs in turns, several times over, and the median
counts, so what else the machine does falls on all alike. It writes ``docs/benchmarks.md``. What
is not there, such as nginx or Datasette, is left out and told. ``--quick`` is for trying;
``--only growth`` runs one part, and prints it instead.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import random
import re
import secrets
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from nafta.operations import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "bench"
REPORT = ROOT / "docs" / "benchmarks.md"
BIN = Path(sys.executable).parent
PORT = 8160  # and the next ones
BAKED = "talks.example"  # where docs/production.md has the baked site stand
SMALL, MIDDLE, LARGE = 1_000, 100_000, 1_000_000
DATASETTE = "0.65.1"
PAGES = {
    "timeline": "/timeline/",
    "matrix": "/issues/",
    "issue": "/issues/water/",
    "round": "/rounds/round-40/",
    "search": "/search/?q=water",
}
GROWING = PAGES | {  # each shows as much at every size, but for those of MORE
    "home": "/",
    "home, of a day": "/?as_of=2019-06-01",
    "home, as it was known": "/?known=2019-06-01",
    "timeline, a later page": "/timeline/?page=statement.2018-01-01.{half}",
    "timeline of an issue": "/timeline/?issue=water",
    "timeline of a party": "/timeline/?party=arden",
    "timeline of one that said little": "/timeline/?party=elm",
    "timeline before a round": "/timeline/?before=round-30",
    "timeline by words": "/timeline/?q=water",
    "timeline, as it was known": "/timeline/?known=2019-06-01",
    "rounds": "/rounds/",
    "matrix, of a round": "/issues/?as_of=round-20",
    "matrix, as it was known": "/issues/?known=2019-06-01",
    "compare": "/compare/",
    "distance": "/distance/",
    "moved": "/moved/",
    "party": "/parties/arden/",
    "person": "/people/person-1/",
    "statement": "/statements/{statement}/",
    "statement, as it was known": "/statements/{early}/?known=2019-06-01",
    "proposal": "/proposals/proposal-30/",
    "deadlines": "/deadlines/",
    "sources": "/sources/",
    "source": "/sources/source-7/",
    "corrections of one": "/corrections/?of=statement:{corrected}",
    "about": "/about/",
    "search, nothing asked": "/search/",
    "search, a party and a word": "/search/?q=arden+salmon",
    "search, two words": "/search/?q=sunset+clause",
    "search, a rare word": "/search/?q={number}",
    "search, no such word": "/search/?q=zzyzx",
    "search, a sentence": "/search/?q=What+did+Arden+say+about+water+before+round+20",
    "search, choices alone": "/search/?party=arden&issue=water",
    "search, a person": "/search/?person=person-1",
    "search, sources": "/search/?kind=source&q=gazette",
    "search, a later page": "/search/?q=water&page=0.2018-01-01.{half}",
    "feed": "/feed/",
    "feed of an issue": "/issues/water/feed/",
    "feed of a party": "/parties/arden/feed/",
    "feed of a person": "/people/person-1/feed/",
    "calendar": "/calendar.ics",
    "embed, timeline": "/embed/timeline/",
    "embed, statement": "/embed/statements/{statement}/",
    "card of a statement": "/cards/statements/{statement}.png",
    "API, statements": "/api/v1/statements",
    "API, timeline": "/api/v1/timeline",
    "API, people": "/api/v1/people",
    "API, sources": "/api/v1/sources",
}
MORE = {  # and these have more to show of a larger record: compare them with others as long
    "timeline of an issue and a party": "/timeline/?issue=steel&party=corrie",
    "timeline of a person": "/timeline/?person=person-1",
    "timeline of a round": "/timeline/?round=round-1",
    "timeline of a year": "/timeline/?year=2017",
    "people": "/people/",
    "corrections": "/corrections/",
    "feed of an early round": "/rounds/round-2/feed/",
    "search, a phrase": "/search/?q=%22sunset+clause%22",
    "search, a long phrase": "/search/?q=%22sunset+clause+review%22",
}
PARTS = ("servers", "beside", "growth", "baking", "memory")


def at(path: str, size: int) -> str:
    """The address of a page in the record of that size."""
    return path.format(
        statement=f"{size // 2 + 1:08x}",
        early=f"{size // 4 + 1:08x}",
        corrected=f"{size // 200 * 100 + 1:08x}",
        number=size // 100 * 50 + 50,
        half=size // 2,
    )


@dataclass
class Target:
    """An address under load, and what came of each turn."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)  # answers a second
    halves: list[float] = field(default_factory=list)  # milliseconds, the median of a turn

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def half(self) -> float:
        return statistics.median(self.halves)

    def fetch(self) -> tuple[dict[str, str], bytes]:
        request = urllib.request.Request(self.url, headers=self.headers)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return dict(answer.headers), answer.read()

    def load(self, seconds: float, connections: int) -> None:
        """One turn, with wrk."""
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds:g}s",
            "--latency",
            "--timeout=30s",
        ]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        told = subprocess.run(
            [*command, self.url], check=True, capture_output=True, text=True
        ).stdout
        if "Non-2xx" in told or "Socket errors" in told:
            raise RuntimeError(f"{self.url}: {told}")
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]))  # type: ignore[index]
        number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
        self.halves.append(float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit])


def turns(targets: list[Target], options: argparse.Namespace, connections: int) -> None:
    for target in targets:
        target.fetch()  # nobody pays for the first time
    for _turn in range(options.turns):
        for target in targets:
            target.fetch()  # nor for what the turn before has left its server to do
            target.load(options.seconds, connections)


# --- what is compared ---


def database(size: int) -> str:
    """The address of a database with a record of that size, made if need be."""
    name = f"bench_{size}"
    own = embedded_postgres.start(embedded_postgres.FOLDER)
    url = own.replace(f"/{embedded_postgres.DATABASE}?", f"/{name}?")
    with psycopg.connect(own, autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if not found:
            connection.execute(f"CREATE DATABASE {name}")
    environment = os.environ | {"DATABASE_URL": url, "LOCAL": "1"}
    manage = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(manage, check=True, cwd=ROOT, env=environment)
    with psycopg.connect(url) as connection:
        filled = connection.execute("SELECT 1 FROM rounds_party").fetchone()
    if not filled:
        generate = [sys.executable, "-m", "tests.bench.generate", str(size)]
        subprocess.run(generate, check=True, cwd=ROOT, env=environment)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return url


@contextmanager
def running(command: list[str], url: str, **environment: str) -> Iterator[psutil.Process]:
    """A server on loopback, until it is no longer needed."""
    log = (FOLDER / "log").open("ab")
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log
    )
    try:
        for _try in range(300):
            try:
                Target(url).fetch()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"{command[0]} does not answer; see {FOLDER / 'log'}")
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def site(
    server: str, url: str, port: int, *, keep: bool, workers: int = 1, programs: Path = BIN
) -> Any:
    """The site in its production settings."""
    commands = {
        "granian": f"granian --interface wsgi --host 127.0.0.1 --port {port} --workers {workers}"
        " --blocking-threads 4 --no-ws --log-level warning nafta.wsgi:application",
        "gunicorn": f"gunicorn --bind 127.0.0.1:{port} --workers {workers} --threads 4"
        " --keep-alive 60"
        " --log-level warning nafta.wsgi:application",
    }
    program, *arguments = commands[server].split()
    return running(
        [str(programs / program), *arguments],
        f"http://127.0.0.1:{port}/about/",
        **production(url),
        DJANGO_SETTINGS_MODULE="tests.bench.settings",
        API_RATE="1000000000",
        KEEP_PAGES="1" if keep else "0",
    )


def production(url: str) -> dict[str, str]:
    """As docs/production.md has it, but for TLS: nothing stands in front of it here."""
    return {
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "MALLOC_TRIM_THRESHOLD_": "131072",
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "TLS": "0",
    }


def installed(name: str, *what: str) -> Path:
    """The programs of an environment of its own, which has what pip is told and no more."""
    home = FOLDER / name
    if not (home / "bin" / "pip").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    subprocess.run([str(home / "bin" / "pip"), "install", "--quiet", *what], check=True, cwd=ROOT)
    return home / "bin"


def datasette(url: str) -> Path:
    """The same statements as a file for Datasette, each with its names; where its program is."""
    programs = installed("datasette", f"datasette=={DATASETTE}")
    file = FOLDER / "statements.db"
    file.unlink(missing_ok=True)
    columns = [
        "slug",
        "day",
        "round",
        "summary",
        "quotation",
        "basis",
        "attribution",
        "speakers",
        "parties",
        "issues",
        "publisher",
        "title",
        "url",
    ]
    with psycopg.connect(url) as connection, sqlite3.connect(file) as kept:
        kept.execute(f"CREATE TABLE statements (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        kept.executemany(
            f"INSERT INTO statements VALUES (?{', ?' * len(columns)})",
            connection.execute("""
                SELECT one.id, one.slug, lower(one.dates)::text, meeting.name, one.summary,
                    quotation, basis, attribution, (SELECT string_agg(person.name, ', ')
                        FROM rounds_statement_speakers AS link JOIN rounds_person AS person
                        ON person.id = person_id WHERE statement_id = one.id),
                    (SELECT string_agg(party.name, ', ')
                        FROM rounds_statement_parties AS link JOIN rounds_party AS party
                        ON party.id = party_id WHERE statement_id = one.id),
                    (SELECT string_agg(issue.name, ', ')
                        FROM issues_issue_statements AS link JOIN issues_issue AS issue
                        ON issue.id = issue_id WHERE statement_id = one.id),
                    publisher, title, url
                FROM rounds_statement AS one JOIN rounds_source AS source ON source.id = source_id
                LEFT JOIN rounds_round AS meeting ON meeting.id = round_id
                WHERE one.state = 'published' ORDER BY lower(one.dates) DESC"""),
        )
    return programs / "datasette"


MODULES = Path("/usr/lib/nginx/modules")  # where Debian has them


def nginx_of(http: str) -> list[str]:
    """nginx with one worker, as Debian sets it up, and with these lines in ``http``."""
    modules = MODULES.glob("ngx_http_brotli_static_module.so")
    configuration = FOLDER / "nginx.conf"
    configuration.write_text(
        f"""daemon off; worker_processes 1; pid {FOLDER}/nginx.pid; error_log {FOLDER}/log;
        {"".join(f"load_module {module}; " for module in modules)}
        {"user root;" if os.geteuid() == 0 else ""}
        events {{ worker_connections 512; }}
        http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
            {http} }}"""
    )
    return ["nginx", "-c", str(configuration)]


def bare(port: int, folder: Path) -> str:
    """A server that does nothing but give away the files of a folder."""
    return (
        f"server {{ listen 127.0.0.1:{port}; root {folder};"
        " open_file_cache max=10000 inactive=60s; open_file_cache_valid 5s; }"
    )


def documented(port: int, folder: Path) -> str:
    """What docs/production.md has nginx do with a baked folder, word for word."""
    text = (ROOT / "docs" / "production.md").read_text()
    found = next(
        one for one in re.findall(r"```nginx\n(.*?)```", text, re.DOTALL) if "gone.map" in one
    )
    if not (MODULES / "ngx_http_brotli_static_module.so").exists():
        found = found.replace("brotli_static on;", "")
    return found.replace("/srv/talks", str(folder)).replace(
        "listen 80;", f"listen 127.0.0.1:{port};"
    )


# --- the run ---


def beside(options: argparse.Namespace, url: str, server: str) -> list[str]:
    """Pages beside an empty view and nginx."""
    addresses = PAGES | {"50 statements": fifty(url)}
    files = FOLDER / "files"
    files.mkdir(parents=True, exist_ok=True)
    packed = {"Accept-Encoding": "br"}
    cached, made, empty, others = {}, {}, {}, {}
    with ExitStack() as stack:
        stack.enter_context(site(server, url, PORT, keep=True))
        stack.enter_context(site(server, url, PORT + 1, keep=False))
        for name, path in addresses.items():
            made[name] = Target(f"http://127.0.0.1:{PORT + 1}{path}")
            cached[name] = Target(f"http://127.0.0.1:{PORT}{path}", packed)
            _headers, body = cached[name].fetch()
            (files / f"{len(body)}.bin").write_bytes(body)
            empty[name] = Target(f"http://127.0.0.1:{PORT}/empty/{len(body)}/")
            others[f"nginx {name}"] = len(body)
        static = {}
        if shutil.which("nginx"):
            some = f"http://127.0.0.1:{PORT + 3}"
            first = next(iter(empty.values())).url.split("/")[-2]
            stack.enter_context(running(nginx_of(bare(PORT + 3, files)), f"{some}/{first}.bin"))
            static = {name: Target(f"{some}/{others[f'nginx {name}']}.bin") for name in cached}
        every = [*cached.values(), *empty.values(), *made.values()]
        turns([*every, *static.values()], options, connections=8)
    table = [
        "| page | bytes | kept, a second | empty view of as many bytes | **ratio** | "
        "made anew, a second | the kept page from nginx |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, one in cached.items():
        ratio = one.rate / empty[name].rate
        file = f"{static[name].rate:,.0f}" if static else "nginx is not here"
        table.append(
            f"| {name} | {others[f'nginx {name}']:,} | {one.rate:,.0f} | {empty[name].rate:,.0f} "
            f"| **{ratio:.2f}** | {made[name].rate:,.1f} | {file} |"
        )
    return [*table, "", *beside_datasette(options, url, server)]


def beside_datasette(options: argparse.Namespace, url: str, server: str) -> list[str]:
    """Fifty statements, as a page and for programs: one process, and as both are run.

    Datasette runs in one process, the site in one for each core.
    """
    cores = os.cpu_count() or 1
    paths = {
        f"page of 50 statements (`{fifty(url)}`)": (fifty(url), ""),
        "API, page of 50": ("/api/v1/statements?limit=50", ".json?_shape=array"),
    }
    ways = {"one": (1, False), "made": (cores, False), "kept": (cores, True)}
    base = f"http://127.0.0.1:{PORT + 2}/statements/statements"
    command = f"{datasette(url)} serve {FOLDER / 'statements.db'} --port {PORT + 2}"
    targets: dict[str, dict[str, Target]] = {}
    with ExitStack() as stack:
        stack.enter_context(
            running([*command.split(), "--setting", "default_page_size", "50"], base)
        )
        for place, (workers, keep) in enumerate(ways.values()):
            port = PORT + 14 + place
            stack.enter_context(site(server, url, port, keep=keep, workers=workers))
        for name, (path, of_theirs) in paths.items():
            targets[name] = {
                way: Target(f"http://127.0.0.1:{PORT + 14 + place}{path}")
                for place, way in enumerate(ways)
            } | {"datasette": Target(f"{base}{of_theirs}")}
        turns([one for some in targets.values() for one in some.values()], options, connections=8)
    table = [
        f"Beside Datasette {DATASETTE}: the same rows, 50 a page, not packed; answers a second.",
        "",
        f"| | Datasette | made anew by one process | **ratio** | by {cores} | **ratio** "
        f"| kept, by {cores} | **ratio** |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, by_way in targets.items():
        theirs = by_way["datasette"].rate
        ours = " | ".join(
            f"{by_way[way].rate:,.1f} | **{by_way[way].rate / theirs:.2f}**" for way in ways
        )
        table.append(f"| {name} | {theirs:,.1f} | {ours} |")
    return table


def fifty(url: str) -> str:
    """The timeline of the round at which closest to fifty things were said."""
    with psycopg.connect(url) as connection:
        number = connection.execute(
            "SELECT round_id FROM rounds_statement WHERE round_id IS NOT NULL"
            " GROUP BY 1 ORDER BY abs(count(*) - 50), 1 LIMIT 1"
        ).fetchone()
    return f"/timeline/?round=round-{number[0]}&kind=statement"  # type: ignore[index]


def growth(options: argparse.Namespace, server: str) -> list[str]:
    """The same pages, made anew, of records of different size."""
    pages = GROWING | MORE
    targets: dict[str, dict[int, Target]] = {name: {} for name in pages}
    with ExitStack() as stack:
        for place, size in enumerate(options.sizes):
            port = PORT + 4 + place
            stack.enter_context(site(server, database(size), port, keep=False))
            for name, path in pages.items():
                targets[name][size] = Target(f"http://127.0.0.1:{port}{at(path, size)}")
        turns([one for some in targets.values() for one in some.values()], options, connections=1)
    table = [
        "| page | " + " | ".join(f"{size:,}" for size in options.sizes) + " | **ratio** |",
        "|---|" + "--:|" * (len(options.sizes) + 1),
    ]
    for name, by_size in targets.items():
        halves = [by_size[size].half for size in options.sizes]
        told = " | ".join(f"{half:,.1f}" for half in halves)
        sign = "" if name in GROWING else " †"
        table.append(f"| {name}{sign} | {told} | **{halves[-1] / halves[0]:.2f}** |")
    return [*table, "", "† A larger record has more to show there."]


def memory(options: argparse.Namespace, url: str) -> list[str]:
    """What a process holds as requests go on, installed as in production."""
    held: dict[int, float] = {}
    paths = [at(path, SMALL) for path in GROWING.values() if not path.startswith("/api/")]
    steps = [options.requests * tenths // 10 for tenths in (1, 5, 10, 20)]
    programs = installed("site", "--require-hashes", "-r", "requirements.txt")
    with site("granian", url, PORT, keep=True, programs=programs) as process:
        for number in range(1, steps[-1] + 1):
            path = paths[number % len(paths)]
            sign = "&" if "?" in path else "?"
            # every tenth is another page to make, and to keep
            other = f"{sign}x={number}" if number % 10 == 0 else ""
            Target(f"http://127.0.0.1:{PORT}{path}{other}", {"Accept-Encoding": "br"}).fetch()
            if number in steps:
                workers = process.children(recursive=True) or [process]
                held[number] = max(one.memory_info().rss for one in workers) / 1e6
    return [
        "| requests | resident, MB |",
        "|--:|--:|",
        *(f"| {number:,} | {size:,.0f} |" for number, size in held.items()),
    ]


def bake(options: argparse.Namespace, url: str) -> list[str]:
    """How many addresses a second become files, and how fast nginx gives these away."""
    folder = FOLDER / "baked"
    shutil.rmtree(folder, ignore_errors=True)
    environment = os.environ | production(url)
    command = [sys.executable, "manage.py", "bake", str(folder), "--address", f"https://{BAKED}"]
    begun = time.monotonic()
    subprocess.run([*command, "--verbosity=0"], check=True, cwd=ROOT, env=environment)
    took = time.monotonic() - begun
    addresses = len(json.loads((folder / "current" / ".bake" / "list.json").read_text())["pages"])
    pages = sum(1 for _file in (folder / "current").rglob("*.html"))
    told = (
        f"{addresses:,} addresses in {took:,.1f} s: **{addresses / took:,.0f} a second**. "
        f"{pages:,} of them are pages of HTML, the rest files of rows, feeds, pictures and answers."
    )
    return [told, "", *given_away(options, folder)]


def given_away(options: argparse.Namespace, folder: Path) -> list[str]:
    """Baked pages, packed, by nginx as in production, beside any file of as many bytes.

    The file stands in the same folder, and once more on a server that does nothing else.
    """
    if not shutil.which("nginx"):
        return ["nginx is not here."]
    packed = {"Host": BAKED, "Accept-Encoding": "br, gzip"}
    port, plain = PORT + 12, PORT + 13
    any_file, beside_it, baked, sizes = {}, {}, {}, {}
    served = nginx_of(documented(port, folder) + bare(plain, folder / "current"))
    with running(served, f"http://127.0.0.1:{plain}/404.html"):
        for name, path in PAGES.items():
            if "?" in path:
                continue  # takes a server
            baked[name] = Target(f"http://127.0.0.1:{port}{path}", packed)
            headers, body = baked[name].fetch()
            sizes[name] = f"{len(body):,} ({headers.get('Content-Encoding', 'not packed')})"
            file = folder / "current" / f"any-{len(body)}.bin"
            file.write_bytes(random.Random(1).randbytes(len(body)))
            any_file[name] = Target(f"http://127.0.0.1:{port}/{file.name}", packed)
            beside_it[name] = Target(f"http://127.0.0.1:{plain}/{file.name}")
        every = [one for some in (baked, any_file, beside_it) for one in some.values()]
        turns(every, options, connections=8)
    return [
        "| page | bytes | baked, a second | any file of as many bytes | **ratio** "
        "| that file from a server without headers or rules | ratio |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {name} | {sizes[name]} | {one.rate:,.0f} | {any_file[name].rate:,.0f} "
            f"| **{one.rate / any_file[name].rate:.2f}** | {beside_it[name].rate:,.0f} "
            f"| {one.rate / beside_it[name].rate:.2f} |"
            for name, one in baked.items()
        ),
    ]


def servers(options: argparse.Namespace, url: str) -> tuple[str, list[str]]:
    """Which server gives away most, of those that are here."""
    found: dict[str, list[Target]] = {}
    with ExitStack() as stack:
        for place, name in enumerate(("granian", "gunicorn")):
            if not (BIN / name).exists():
                continue
            port = PORT + 8 + place
            stack.enter_context(site(name, url, port, keep=True))
            paths = ["/timeline/", "/empty/20000/"]
            found[name] = [
                Target(f"http://127.0.0.1:{port}{path}", {"Accept-Encoding": "br"})
                for path in paths
            ]
        turns([one for some in found.values() for one in some], options, connections=8)
    table = ["| server | kept timeline, a second | empty view, a second |", "|---|--:|--:|"]
    table += [
        f"| {name} {importlib.metadata.version(name)} | {some[0].rate:,.0f} | {some[1].rate:,.0f} |"
        for name, some in found.items()
    ]
    return max(found, key=lambda name: found[name][0].rate), table


def machine(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        (postgres,) = connection.execute("SHOW server_version").fetchone()  # type: ignore[misc]
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    versions = {
        name: importlib.metadata.version(name)
        for name in ("Django", "psycopg", "granian", "gunicorn", "brotli")
        if _there(name)
    }
    return [
        f"{os.cpu_count()} cores ({cpu}), {psutil.virtual_memory().total / 2**30:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, PostgreSQL {postgres}, "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + "."
    ]


def _there(name: str) -> bool:
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short turns, and no million")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[SMALL, MIDDLE, LARGE])
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS))
    options = parser.parse_args()
    if options.quick:
        options.turns, options.seconds, options.requests = 3, 1, 1_000
        options.sizes = (
            options.sizes[:2] if options.sizes == [SMALL, MIDDLE, LARGE] else options.sizes
        )
    os.environ.pop("LOCAL", None)
    FOLDER.mkdir(parents=True, exist_ok=True)
    url = database(SMALL)
    environment = os.environ | production(url)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, check=True, cwd=ROOT, env=environment)
    compared: list[str] = []
    server = "granian"
    if "servers" in options.only:
        server, compared = servers(options, url)
    parts: dict[str, Callable[[], list[str]]] = {
        "Servers": lambda: [
            "One process, four threads; all that follows is by the first.",
            "",
            *compared,
        ],
        "Beside others": lambda: [
            f"A record of {SMALL:,} statements, eight connections.",
            "",
            *beside(options, url, server),
        ],
        "As the record grows": lambda: [
            "Milliseconds from request to answer, the median, each page made anew, one connection; "
            "by how many statements there are. The ratio is of the largest to the smallest.",
            "",
            *growth(options, server),
        ],
        "Baking": lambda: [
            f"A record of {SMALL:,} statements, in as many processes as there are cores.",
            "",
            *bake(options, url),
        ],
        "Memory": lambda: [
            "One process under granian that keeps up to 500 pages, asked for each kind of page in"
            " turn, every tenth time under an address of its own.",
            "",
            *memory(options, url),
        ],
    }
    text = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Compare ratios, not figures: another machine has others.",
        "",
    ]
    text += [
        *machine(url),
        "",
        f"{options.turns} turns of {options.seconds:g} s each, the median of them.",
    ]
    print("\n".join(text))
    for part, (title, lines) in zip(PARTS, parts.items(), strict=True):
        if part in options.only:
            told = ["", f"## {title}", "", *lines()]
            print("\n".join(told), flush=True)  # as it comes: all of it takes half an hour
            text += told
    if options.only == list(PARTS) or options.report != REPORT:
        options.report.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
