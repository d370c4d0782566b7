"""The site's settings with Django's stock admin beside it, for ``tests.bench.keys`` alone."""

from nafta.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.stock_urls"
