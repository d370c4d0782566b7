"""``manage.py check_sources``: whether the links of the sources still answer."""

import datetime as dt
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from rounds.management.link_checker import Answer, Asker
from rounds.management.record_command import RecordCommand
from rounds.models import LinkCheck, LinkState, Source

AT_ONCE = 8  # hosts
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class Command(RecordCommand):
    help = "Ask every source's address, and that of its copy, whether it still answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=int, metavar="DAYS", help="only those not asked for so many days"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="at most so many addresses")
        parser.add_argument("--timeout", type=float, default=20, metavar="SECONDS")
        parser.add_argument(
            "--pause",
            type=float,
            default=1,
            metavar="SECONDS",
            help="between two asked of one host",
        )
        parser.add_argument(
            "--allow-private", action="store_true", help="also ask hosts of private networks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        forget_unused()
        addresses = due(options["older_than"])[: options["limit"]]
        site = next((host for host in settings.ALLOWED_HOSTS if "*" not in host), "localhost")
        asker = Asker(
            f"link-check/1 (+https://{site.lstrip('.')}/about/)",
            timeout=options["timeout"],
            allow_private=options["allow_private"],
        )
        counts: Counter[str] = Counter()
        answers = asked(asker, addresses, options["pause"])
        for address, answer in tqdm(answers, total=len(addresses), disable=None, leave=False):
            LinkCheck.objects.update_or_create(
                address=address,
                defaults={
                    "state": answer.state,
                    "answer": answer.words[:120],
                    "checked_at": timezone.now(),
                },
            )
            counts[answer.state] += 1
            if options["verbosity"] and answer.state == LinkState.DEAD:
                self.stdout.write(f"{answer.words}: {address}")
        if options["verbosity"]:
            told = [f"{counts[state]} {state.label}" for state in LinkState]
            self.stdout.write(
                _("%(count)d addresses asked: %(told)s.")
                % {"count": len(addresses), "told": ", ".join(told)}
            )


def forget_unused() -> None:
    """What was asked on behalf of a source that now has another address, or is gone."""
    used = Source.objects.filter(Q(url=OuterRef("address")) | Q(archive_url=OuterRef("address")))
    LinkCheck.objects.filter(~Exists(used)).delete()


def due(older_than: int | None) -> list[str]:
    """The addresses to ask: never asked ones first, then those asked longest ago."""
    asked_at = dict(LinkCheck.objects.values_list("address", "checked_at"))
    pairs = Source.objects.order_by("-pk").values_list("url", "archive_url")
    addresses = dict.fromkeys(address for pair in pairs for address in pair if address)
    if older_than is not None:
        since = timezone.now() - dt.timedelta(days=older_than)
        addresses = {one: None for one in addresses if one not in asked_at or asked_at[one] < since}
    return sorted(addresses, key=lambda one: asked_at.get(one, NEVER))


def asked(asker: Asker, addresses: list[str], pause: float) -> Iterator[tuple[str, Answer]]:
    """Each with its answer as it comes: several hosts at once, one after the other of each."""
    by_host: dict[str, list[str]] = {}
    for address in addresses:
        by_host.setdefault(host_of(address), []).append(address)
    answers: SimpleQueue[tuple[str, Answer]] = SimpleQueue()

    def ask(of_one_host: list[str]) -> None:
        for number, address in enumerate(of_one_host):
            time.sleep(pause if number else 0)
            answers.put((address, asker.ask(address)))

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for of_one_host in by_host.values():
            pool.submit(ask, of_one_host)
        for _address in addresses:
            yield answers.get()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
