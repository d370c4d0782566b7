"""When a bake and a backup last ended well, for the figures."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, models
from django.utils import timezone

logger = logging.getLogger(__name__)


class FinishedJob(models.Model):
    """The last time that a command ended well. A restoration brings the times of its backup."""

    name = models.CharField(primary_key=True, max_length=20)
    finished_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        app_label = "nafta"

    def __str__(self) -> str:
        return self.name


@contextmanager
def noting(name: str) -> Iterator[None]:
    """Note when the block has ended, unless it raises.

    What cannot be noted, because the database takes no writes, is logged: the job was done.
    """
    began = time.monotonic()
    yield
    values = {"finished_at": timezone.now(), "seconds": time.monotonic() - began}
    try:
        FinishedJob.objects.update_or_create(name=name, defaults=values)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Not noted that the %s has ended: %s", name, error)
