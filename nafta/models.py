"""Where Django looks for the models of this app. The index of search is its only table."""

from nafta.search.models import SearchDocument

__all__ = ["SearchDocument"]
