"""The site's settings as they are in production, with an empty view beside it to compare with."""

from nafta.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
