"""``manage.py check_sources``: whether the links of the sources still answer."""

import datetime as dt
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from rounds.management.link_checker import LinkAnswer, LinkChecker
from rounds.management.record_command import RecordCommand
from rounds.models import LinkCheck, LinkState, Source

PARALLEL_HOSTS = 8
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

    def handle(
        self,
        *,
        older_than: int | None,
        limit: int | None,
        timeout: float,
        pause: float,
        allow_private: bool,
        verbosity: int,
        **options: object,
    ) -> None:
        delete_unused_checks()
        addresses = list_addresses(older_than)[:limit]
        site = next((host for host in settings.ALLOWED_HOSTS if "*" not in host), "localhost")
        checker = LinkChecker(
            f"link-check/1 (+https://{site.lstrip('.')}/about/)",
            timeout=timeout,
            allow_private=allow_private,
        )
        counts: Counter[str] = Counter()
        answers = check_addresses(checker, addresses, pause)
        for address, answer in tqdm(answers, total=len(addresses), disable=None, leave=False):
            LinkCheck.objects.update_or_create(
                address=address,
                defaults={
                    "state": answer.state,
                    "answer": answer.text[:120],
                    "checked_at": timezone.now(),
                },
            )
            counts[answer.state] += 1
            if verbosity and answer.state == LinkState.DEAD:
                self.stdout.write(f"{answer.text}: {address}")
        if verbosity:
            summary = ", ".join(f"{counts[state]} {state.label}" for state in LinkState)
            self.stdout.write(
                _("%(count)d addresses asked: %(told)s.")
                % {"count": len(addresses), "told": summary}
            )


def delete_unused_checks() -> None:
    """Delete the checks of addresses that no source has any more."""
    used = Source.objects.filter(Q(url=OuterRef("address")) | Q(archive_url=OuterRef("address")))
    LinkCheck.objects.filter(~Exists(used)).delete()


def list_addresses(older_than: int | None) -> list[str]:
    """Return the addresses to check: those never checked first, then the longest ago.

    ``older_than``: leave out those that were checked in so many days.
    """
    checked_at = dict(LinkCheck.objects.values_list("address", "checked_at"))
    pairs = Source.objects.order_by("-pk").values_list("url", "archive_url")
    addresses = dict.fromkeys(address for pair in pairs for address in pair if address)
    if older_than is not None:
        since = timezone.now() - dt.timedelta(days=older_than)
        addresses = {
            address: None for address in addresses if checked_at.get(address, NEVER) < since
        }
    return sorted(addresses, key=lambda address: checked_at.get(address, NEVER))


def check_addresses(
    checker: LinkChecker, addresses: list[str], pause: float
) -> Iterator[tuple[str, LinkAnswer]]:
    """Yield each address with its answer as soon as it is there.

    Hosts are asked in parallel; addresses of one host one after the other, ``pause`` seconds apart.
    """
    by_host: dict[str, list[str]] = {}
    for address in addresses:
        by_host.setdefault(host_of(address), []).append(address)
    answers: SimpleQueue[tuple[str, LinkAnswer]] = SimpleQueue()

    def check_host(of_host: list[str]) -> None:
        for number, address in enumerate(of_host):
            time.sleep(pause if number else 0)
            answers.put((address, checker.check(address)))

    pool = ThreadPoolExecutor(PARALLEL_HOSTS)
    try:
        for of_host in by_host.values():
            pool.submit(check_host, of_host)
        for _address in addresses:
            yield answers.get()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # Ctrl-C: ask no further hosts


def host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
