"""Where Django looks for the models of this app."""

from nafta.operations.finished_jobs import FinishedJob
from nafta.search.models import SearchDocument

__all__ = ["FinishedJob", "SearchDocument"]
