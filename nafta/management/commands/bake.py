"""``manage.py bake``: the public site as files that any static server can serve."""

import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from nafta.static_site.bake import Report, bake
from nafta.static_site.output import Folder, FolderError
from nafta.static_site.url_map import Site
from rounds.management.record_command import RecordCommand

MAX_SHOWN = 20  # links that lead nowhere


class Command(RecordCommand):
    help = "Write the whole public site as static files; again, only what has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Empty, or baked before.")
        parser.add_argument("--address", required=True, help="Where it will stand: https://…")
        parser.add_argument("--live", default="", help="The site that answers what files cannot.")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)

    def handle(self, *, folder: Path, address: str, live: str, **options: Any) -> None:
        site = Site(_origin(address), _origin(live) if live else "")
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, urlsplit(site.address).hostname]
        began = time.monotonic()
        with tqdm(unit=_("page"), disable=None if options["verbosity"] else True) as bar:

            def show_progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                report = bake(site, Folder(folder.resolve()), options["processes"], show_progress)
            except FolderError as error:
                raise CommandError(str(error)) from error
        if options["verbosity"]:
            self._tell(report, time.monotonic() - began)

    def _tell(self, report: Report | None, seconds: float) -> None:
        if report is None:
            self.stdout.write(_("Nothing has changed since it was baked."))
            return
        self.stdout.write(
            _(
                "%(pages)d pages and files, %(size).1f MB: %(fresh)d written, %(removed)d removed,"
                " %(gone)d taken back. %(seconds).1f seconds, %(rate)d a second."
            )
            % {
                "pages": report.pages,
                "size": report.size / 1e6,
                "fresh": report.fresh,
                "removed": report.removed,
                "gone": report.gone,
                "seconds": seconds,
                "rate": report.pages / seconds,
            }
        )
        if report.newer:
            self.stderr.write(_("Something was published meanwhile: bake again."))
        for address, status, whence in report.dead[:MAX_SHOWN]:
            self.stderr.write(
                _("%(page)s links to %(address)s, which answers %(status)d.")
                % {"page": whence, "address": address, "status": status}
            )
        if (remaining := len(report.dead) - MAX_SHOWN) > 0:
            text = ngettext("And %(count)d more.", "And %(count)d more.", remaining)
            self.stderr.write(text % {"count": remaining})


def _origin(address: str) -> str:
    """Return the origin of an address: the links in the files are for the root of a host."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        text = _("“%(address)s” is no address of a host, such as https://example.org.")
        raise CommandError(text % {"address": address})
    return f"{parts.scheme}://{parts.netloc}"
