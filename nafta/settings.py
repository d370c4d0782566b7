"""Settings, one file. Each environment variable is documented where it is read.

Without ``DATABASE_URL`` the project runs from its own folder: ``manage.py`` starts an embedded
PostgreSQL before these settings load and sets the variable.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
import pghistory
import plotly
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what a run leaves behind; git ignores it


def flag(name: str, default: bool = False) -> bool:
    """An environment variable that is on (1, true, yes) or off."""
    value = os.environ.get(name)
    return default if value is None else value.lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    """An environment variable of words separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def local_secret_key() -> str:
    """A key of this folder's own, made once, for runs without a ``SECRET_KEY``."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


# DEBUG: tracebacks in the browser and unhashed static files. Never on the open web.
DEBUG = flag("DEBUG")

# LOCAL: set by nafta/embedded.py where the embedded server serves.
LOCAL = flag("LOCAL")

# SECRET_KEY: required wherever DATABASE_URL is given.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not (LOCAL or DEBUG):
        raise ImproperlyConfigured("Set SECRET_KEY to a long random string.")
    SECRET_KEY = local_secret_key()

# ALLOWED_HOSTS: the names this site answers to, separated by commas.
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# CSRF_TRUSTED_ORIGINS: origins with scheme, separated by commas, where a proxy ends TLS.
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "nafta.apps.NaftaConfig",
    "issues.apps.IssuesConfig",
    "rounds.apps.RoundsConfig",
    "pgtrigger",
    "pghistory",
    "import_export",
    "django_tables2",
    "django.forms",
    "nafta.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nafta.editions.Editions",
    "django.middleware.gzip.GZipMiddleware",
    "nafta.middleware.PublicAPI",
    "nafta.middleware.OnlyAsking",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "nafta.middleware.LanguageOfAddress",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rounds.editing.AuthorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "nafta.urls"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the round desk has four for each issue and party
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "nafta.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nafta.context_processors.site",
            ],
        },
    },
]

# DATABASE_URL: a PostgreSQL 14 or later, postgresql://user:password@host:port/name.
if not os.environ.get("DATABASE_URL"):
    raise ImproperlyConfigured(
        "Set DATABASE_URL, or run through manage.py, which starts an embedded PostgreSQL."
    )
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
# DATABASE_POOL: connections a process keeps at most.
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": int(os.environ.get("DATABASE_POOL", "8")),
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# The record is written in LANGUAGE_CODE; readers may have the others, under /fr/ and /es/.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "nafta" / "locale"]
FORMAT_MODULE_PATH = ["nafta.formats"]
# TIME_ZONE: the newsroom's, such as America/Toronto; embargoes are told in it.
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("plotly", Path(plotly.__file__).parent / "package_data"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or LOCAL
if WHITENOISE_USE_FINDERS:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
WHITENOISE_AUTOREFRESH = DEBUG

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# What one spreadsheet may bring into the admin: bytes of the file (an XLSX may unpack to ten times
# as many), rows, and how many of these are new or changed. Those are stored while the editor waits,
# for the preview and again when it is confirmed: about 20 ms each.
IMPORT_MAX_BYTES = 2 * 1024 * 1024
IMPORT_MAX_ROWS = 5_000
IMPORT_MAX_CHANGES = 500

# The history: who and why stand in each event, and none is ever changed.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
PGHISTORY_APPEND_ONLY = True
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# SECOND_EDITOR: whether what an editor wrote must be published by another one.
SECOND_EDITOR = flag("SECOND_EDITOR")

# CACHE_URL: redis://host:port/0 of a Redis or Valkey that all processes share; without it each has
# a cache of its own.
CACHE_URL = os.environ.get("CACHE_URL", "")


def kept_in_cache(name: str, entries: int) -> dict[str, Any]:
    """A cache with ``entries`` at most in a process of its own; a server has bounds itself."""
    if CACHE_URL:
        backend = "django.core.cache.backends.redis.RedisCache"
        return {"BACKEND": backend, "LOCATION": CACHE_URL, "KEY_PREFIX": name}
    backend = "django.core.cache.backends.locmem.LocMemCache"
    return {"BACKEND": backend, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": entries}}


CACHES = {
    "default": kept_in_cache("default", 10_000),  # who has asked the API how often, the package
    "pages": kept_in_cache("pages", 1_000),
}
# KEEP_PAGES: whether public pages are kept until something is published. Not while they are built.
KEEP_PAGES = flag("KEEP_PAGES", not DEBUG)
# CDN_SECONDS: for how long what stands before the site, such as a CDN, may answer by itself.
CDN_SECONDS = int(os.environ.get("CDN_SECONDS", "5"))
# API_RATE: how many requests a minute the API answers to one address.
API_RATE = int(os.environ.get("API_RATE", "120"))
# PROXIES: how many proxies stand before the site, each of which tells whom it asks for.
NINJA_NUM_PROXIES = int(os.environ.get("PROXIES", "0"))

DJANGO_TABLES2_TEMPLATE = "_table.html"
