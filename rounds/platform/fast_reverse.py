"""Where the page of a record is.

A page has hundreds of links. Django's ``reverse()`` searches for each of them in all patterns of
the site; here it finds a kind of page once, and the key is put into what it found.
"""

from functools import cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

ANY = "KEY"  # as good as any key


def page_of(name: str, key: str) -> str:
    """The path of the page ``name`` of the record with that key, in the language of the page."""
    return _pattern(name, get_language(), get_script_prefix()).replace(ANY, key)


@cache
def _pattern(name: str, _language: str | None, _prefix: str) -> str:
    return reverse(name, args=[ANY])
