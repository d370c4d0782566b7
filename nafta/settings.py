"""Settings, one file. Each environment variable is documented where it is read.

Without ``DATABASE_URL`` the project runs from its own folder: ``manage.py`` starts an embedded
PostgreSQL before these settings load and sets the variable.
"""

import os
import secrets
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
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


def number(name: str, default: int) -> int:
    """An environment variable that is a whole number, 0 or more."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}, expected a whole number.")
    return int(value)


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
# LOCAL: set by nafta/operations/embedded_postgres.py where the embedded server serves.
LOCAL = flag("LOCAL")
PRODUCTION = not (DEBUG or LOCAL)

# What production cannot do without, and what it is. All that is missing is told at once.
REQUIRED = {
    "DATABASE_URL": "a PostgreSQL 14 or later, postgresql://user:password@host:port/name",
    "SECRET_KEY": "50 random characters or more, the same in every process",
    "ALLOWED_HOSTS": "the names this site answers to, separated by commas",
}


def is_weak(key: str) -> bool:
    """Whether a secret key is one that might be guessed."""
    return len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-")


def problems() -> Iterator[str]:
    """Why the site cannot start."""
    for name, what in REQUIRED.items():
        if (PRODUCTION or name == "DATABASE_URL") and not os.environ.get(name):
            yield f"{name} is not set: {what}"
    key = os.environ.get("SECRET_KEY", "")
    if PRODUCTION and key and is_weak(key):
        yield f"SECRET_KEY is weak: {REQUIRED['SECRET_KEY']}"


if found := list(problems()):
    raise ImproperlyConfigured("\n- ".join(["The site cannot start.", *found]))

SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret_key()
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# CSRF_TRUSTED_ORIGINS: origins with scheme, separated by commas, where a proxy ends TLS.
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "nafta.apps.NaftaConfig",
    "issues.apps.IssuesConfig",
    "rounds.apps.RoundsConfig",
    "pgtrigger",
    "pghistory",
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
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
]

MIDDLEWARE = [
    "nafta.operations.middleware.Probes",
    "nafta.operations.middleware.Told",
    "django.middleware.security.SecurityMiddleware",
    "nafta.operations.middleware.Policies",
    "nafta.operations.middleware.Bounds",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nafta.api.throttling.PublicAPI",
    "nafta.operations.page_cache.Editions",
    "django.middleware.gzip.GZipMiddleware",
    "nafta.operations.middleware.OnlyAsking",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "nafta.operations.middleware.LanguageOfAddress",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nafta.admin_site.sessions.SessionLimitsMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "rounds.publishing.gate.AuthorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "nafta.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "nafta.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "nafta.template_whitespace.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nafta.context_processors.site",
            ],
        },
    },
]

# DATABASE_POOL: connections a process keeps at most, to each server; no fewer than it has threads.
# 0 where PgBouncer keeps them, in any of its modes.
DATABASE_POOL = number("DATABASE_POOL", 8)
DATABASE_PATIENCE = 3  # seconds that a request waits for a connection


def database(url: str) -> Any:
    """A server of the database. None that is gone may hold a request for long."""
    found: Any = dj_database_url.parse(url)
    options = {
        "connect_timeout": DATABASE_PATIENCE,
        # a machine that vanished says nothing: what it has not acknowledged by then is lost
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        **found.get("OPTIONS", {}),
    }
    if DATABASE_POOL:
        options["pool"] = {
            "min_size": 1,
            "max_size": DATABASE_POOL,
            "timeout": DATABASE_PATIENCE,
            "reconnect_timeout": 1,  # then the next request tries; a longer wait grows ever longer
        }
    else:
        # PgBouncer may give each transaction another connection: nothing may outlive one
        found |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        found["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    return found | {"OPTIONS": options}


DATABASES = {"default": database(os.environ["DATABASE_URL"])}
# DATABASE_REPLICA_URLS: servers that follow it, separated by commas; public pages read there. A
# comma within an address, between the hosts of one, is written %2C.
for place, url in enumerate(listed("DATABASE_REPLICA_URLS"), 1):
    DATABASES[f"replica-{place}"] = database(url)
DATABASE_ROUTERS = ["rounds.platform.databases.Router"]

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

# PROXIES: how many proxies stand before the site, each of which tells whom it asks for, and whether
# it was asked by TLS. What is told beyond that many may be forged, and is not believed.
PROXIES = number("PROXIES", 0)
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# TLS: whether the site is asked by https alone. Off only where nobody else can listen.
TLS = flag("TLS", PRODUCTION)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from within, past the proxy
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "nafta.operations.error_pages.not_from_here"
# HSTS_SECONDS: for how long a browser asks by https alone, once it has. HSTS_SUBDOMAINS: also all
# names below this one.
SECURE_HSTS_SECONDS = number("HSTS_SECONDS", 365 * 24 * 60 * 60) if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS")
# These two ask to speak for other names of the newsroom's domain, which the site does not know.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# What a browser may load and do on our pages; the policy of the embeds is in
# nafta/sharing/embed_pages.py.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Where a login leads that came from nowhere on this site.
LOGIN_REDIRECT_URL = "admin:index"

# SESSION_HOURS, SESSION_IDLE_MINUTES: when a login ends, however busy, and when it is left alone.
SESSION_COOKIE_AGE = number("SESSION_HOURS", 12) * 60 * 60
SESSION_IDLE = number("SESSION_IDLE_MINUTES", 60) * 60

# Five bad passwords within LOCKED_MINUTES for one account, or from one address, and neither is let
# in until they have passed. At OFFICE_ADDRESSES (203.0.113.0/24, separated by commas), which
# many share, each account counts by itself, and what others do elsewhere does not count.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=number("LOCKED_MINUTES", 15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody keeps somebody out by trying on
AXES_LOCKOUT_PARAMETERS = "nafta.admin_site.lockout.lockout_parameters"
AXES_LOCKOUT_CALLABLE = "nafta.admin_site.lockout.render_lockout"
AXES_CLIENT_IP_CALLABLE = "nafta.operations.client_address.address_of"
AXES_DISABLE_ACCESS_LOG = True  # the history says who did what; where from is nobody's business
AXES_VERBOSE = False
OFFICE_ADDRESSES = [ip_network(one) for one in listed("OFFICE_ADDRESSES")]

# SECOND_FACTOR: whether staff prove with a code of their phone that it is they who log in.
SECOND_FACTOR = flag("SECOND_FACTOR")
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# What one spreadsheet may bring into the admin: bytes of the file (an XLSX may unpack to ten times
# as many), rows, and how many of these are new or changed. Those are stored while the editor waits,
# for the preview and again when it is confirmed: about 20 ms each.
IMPORT_MAX_BYTES = 2 * 1024 * 1024
IMPORT_MAX_ROWS = 5_000
IMPORT_MAX_CHANGES = 500

# What one request may bring: bytes in fields (an import is confirmed with all its rows), fields
# (the round desk has four for each issue and party), files, and bytes in all.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
BODY_MAX_BYTES = IMPORT_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE

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
    """A cache of ``entries`` at most, each process's own; a server has bounds itself."""
    if CACHE_URL:
        return {
            "BACKEND": "nafta.operations.redis_cache.Shared",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": name,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},  # nobody waits for it
        }
    backend = "django.core.cache.backends.locmem.LocMemCache"
    return {"BACKEND": backend, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": entries}}


CACHES = {
    "default": kept_in_cache("default", 10_000),  # who has asked the API how often, the package
    "pages": kept_in_cache("pages", 500),  # about 10 kB each; those last asked for stay
}
# KEEP_PAGES: whether public pages are kept until something is published. Not while they are built.
KEEP_PAGES = flag("KEEP_PAGES", not DEBUG)
# CDN_SECONDS: for how long what stands before the site, such as a CDN, may answer by itself.
CDN_SECONDS = number("CDN_SECONDS", 5)
# API_RATE: how many requests a minute the API answers to one address.
API_RATE = number("API_RATE", 120)

# LOG_FORMAT: json, an object a line, or plain words.
LOG_FORMAT = os.environ.get("LOG_FORMAT", "plain" if DEBUG or LOCAL else "json")
if LOG_FORMAT not in {"json", "plain"}:
    raise ImproperlyConfigured("LOG_FORMAT is “json” or “plain”.")
# LOG_LEVEL: WARNING leaves out the line for each request.
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO").upper()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "nafta.operations.logs.RequestName"}},
    "formatters": {
        "json": {"()": "nafta.operations.logs.Lines"},
        "plain": {"format": "%(asctime)s %(levelname)s %(message)s [%(request_id)s]"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["request"],
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # The line for a request tells what these would of each answer that is no page.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
# SLOW_QUERY_MS: from how many milliseconds on a query is told of in the log, without its values.
SLOW_QUERY_MS = float(os.environ.get("SLOW_QUERY_MS", "200"))
# METRICS_TOKEN: what a Prometheus has to send for /metrics; without it there is no such address.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
# PROMETHEUS_MULTIPROC_DIR: an empty folder of one machine's processes, to be counted together.
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")

DJANGO_TABLES2_TEMPLATE = "_table.html"
