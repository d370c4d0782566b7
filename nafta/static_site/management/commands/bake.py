"""``manage.py bake``: the public site as files that any static server can serve."""

import os
import time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from nafta.operations.finished_jobs import noting
from nafta.static_site.bake import BakeError, BakeReport, bake
from nafta.static_site.output import FolderError, OutputFolder
from nafta.static_site.url_map import StaticSite
from rounds.management.record_command import RecordCommand

MAX_SHOWN_PAGES = 20  # with dead links, or failed


class Command(RecordCommand):
    help = "Write the whole public site as static files; again, only what has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Empty, or baked before.")
        parser.add_argument("--address", required=True, help="Where it will stand: https://…")
        parser.add_argument("--live", default="", help="The site that answers what files cannot.")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)

    def handle(
        self,
        *,
        folder: Path,
        address: str,
        live: str,
        processes: int,
        verbosity: int,
        **options: object,
    ) -> None:
        site = StaticSite(_origin(address), _origin(live) if live else "")
        # Pages are rendered for the host at which they will stand, which this site may not know.
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, urlsplit(site.address).hostname]
        began = time.monotonic()
        with tqdm(unit=_("page"), disable=None if verbosity else True) as bar:

            def show_progress(rendered: int, total: int) -> None:
                bar.total = total
                bar.update(rendered - bar.n)

            try:
                with noting("bake"):
                    report = bake(site, OutputFolder(folder.resolve()), processes, show_progress)
            except FolderError as error:
                raise CommandError(str(error)) from error
            except (BakeError, OSError) as error:
                if isinstance(error, BakeError):
                    self._list_failed(error)
                text = _("The bake failed, so the folder keeps the last complete site. %s")
                raise CommandError(text % error) from error
        if verbosity:
            self._tell(report, time.monotonic() - began)

    def _tell(self, report: BakeReport | None, seconds: float) -> None:
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
        for address, status, whence in report.dead[:MAX_SHOWN_PAGES]:
            self.stderr.write(
                _("%(page)s links to %(address)s, which answers %(status)d.")
                % {"page": whence, "address": address, "status": status}
            )
        self._count_hidden(len(report.dead))

    def _list_failed(self, error: BakeError) -> None:
        for address, reason, linked_from in error.failed[:MAX_SHOWN_PAGES]:
            text = f"{address}: {reason}"
            self.stderr.write(f"{text} ({linked_from})" if linked_from else text)
        self._count_hidden(len(error.failed))

    def _count_hidden(self, count: int) -> None:
        if (hidden := count - MAX_SHOWN_PAGES) > 0:
            text = ngettext("And %(count)d more.", "And %(count)d more.", hidden)
            self.stderr.write(text % {"count": hidden})


def _origin(address: str) -> str:
    """Return the origin of a URL without a path: links in files start at the host's root."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        text = _("“%(address)s” is no address of a host, such as https://example.org.")
        raise CommandError(text % {"address": address})
    return f"{parts.scheme}://{parts.netloc}"
