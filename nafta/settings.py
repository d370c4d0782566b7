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

import pghistory
import plotly
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from nafta.environment import env_flag, env_int, env_list
from nafta.server_settings import cache_settings, database_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # files made at run time; git ignores it


def local_secret_key() -> str:
    """The key in ``var/``, made at the first run, for runs without a ``SECRET_KEY``."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text()


# DEBUG: tracebacks in the browser and unhashed static files. Never on the open web.
DEBUG = env_flag("DEBUG")
# LOCAL: set by nafta/operations/embedded_postgres.py where the embedded server serves.
LOCAL = env_flag("LOCAL")
PRODUCTION = not (DEBUG or LOCAL)

# What production needs. All that is missing is named at once: an attempt may be a deployment.
REQUIRED = {
    "DATABASE_URL": "a PostgreSQL 14 or later, postgresql://user:password@host:port/name",
    "SECRET_KEY": "50 random characters or more, the same in every process",
    "ALLOWED_HOSTS": "the names this site answers to, separated by commas",
}


def is_weak(key: str) -> bool:
    """Whether a secret key could be guessed."""
    return len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-")


def find_problems() -> Iterator[str]:
    """The reasons why the site cannot start."""
    for name, what in REQUIRED.items():
        if (PRODUCTION or name == "DATABASE_URL") and not os.environ.get(name):
            yield f"{name} is not set: {what}"
    key = os.environ.get("SECRET_KEY", "")
    if PRODUCTION and key and is_weak(key):
        yield f"SECRET_KEY is weak: {REQUIRED['SECRET_KEY']}"


if errors := list(find_problems()):
    raise ImproperlyConfigured("\n- ".join(["The site cannot start.", *errors]))

SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret_key()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# CSRF_TRUSTED_ORIGINS: origins with scheme, separated by commas, where a proxy ends TLS.
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "nafta.apps.NaftaConfig",
    "nafta.static_site",  # without this line there is no `manage.py bake`
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
    "nafta.operations.middleware.HealthCheckMiddleware",
    "nafta.operations.middleware.RequestLogMiddleware",
    "nafta.operations.limits.time_limits.TimeLimitsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "nafta.operations.middleware.SecurityHeadersMiddleware",
    "nafta.operations.middleware.InputLimitsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nafta.api.throttling.PublicApiMiddleware",
    "nafta.operations.limits.slow_bodies.SlowBodiesMiddleware",
    "nafta.operations.limits.canonical_queries.CanonicalQueryMiddleware",
    "nafta.operations.page_cache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "nafta.operations.middleware.ReadOnlyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "nafta.operations.middleware.UrlLocaleMiddleware",
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

# DATABASE_POOL: most connections of a process to each server. Threads that wait for their page to
# be rendered hold none. 0 behind PgBouncer, in any of its modes.
DATABASE_POOL = env_int("DATABASE_POOL", 8)
DATABASE_PATIENCE = 3  # seconds that a request waits for a connection

# Limits of a request, in seconds: of a statement, of the wait for a lock, of a transaction that
# asks nothing, and of all its queries together. Staff have DESK_SECONDS at the desk.
STATEMENT_SECONDS = env_int("STATEMENT_SECONDS", 10)
LOCK_SECONDS = env_int("LOCK_SECONDS", 2)
IDLE_TRANSACTION_SECONDS = env_int("IDLE_TRANSACTION_SECONDS", 60)
REQUEST_SECONDS = env_int("REQUEST_SECONDS", 20)
DESK_SECONDS = env_int("DESK_SECONDS", 60)
# BODY_SECONDS: for how long a form may take to arrive, and a second more for each 20 kB.
BODY_SECONDS = env_int("BODY_SECONDS", 10)

DATABASES = {
    "default": database_settings(os.environ["DATABASE_URL"], DATABASE_POOL, DATABASE_PATIENCE)
}
# DATABASE_REPLICA_URLS: URLs of replicas, separated by commas; public pages are read from them. A
# comma within a URL, between its hosts, is written %2C.
for position, url in enumerate(env_list("DATABASE_REPLICA_URLS"), 1):
    DATABASES[f"replica-{position}"] = database_settings(url, DATABASE_POOL, DATABASE_PATIENCE)
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

# The record is written in LANGUAGE_CODE; the other languages are under /fr/ and /es/.
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "nafta" / "locale"]
FORMAT_MODULE_PATH = ["nafta.formats"]
# TIME_ZONE: the newsroom's, such as America/Toronto; embargoes are shown and entered in it.
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
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
WHITENOISE_AUTOREFRESH = DEBUG

# PROXIES: number of proxies in front of the site that set X-Forwarded-For and X-Forwarded-Proto.
# Entries beyond that number may be forged and are ignored.
PROXIES = env_int("PROXIES", 0)
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# TLS: whether all requests have to use https. Off only on one machine or a private network.
TLS = env_flag("TLS", PRODUCTION)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # requested from within, without the proxy
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "nafta.operations.error_pages.csrf_failure"
# HSTS_SECONDS: for how long a browser uses https only after its first visit. HSTS_SUBDOMAINS: for
# all subdomains, too.
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 365 * 24 * 60 * 60) if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("HSTS_SUBDOMAINS")
# W005, W021: HSTS for subdomains and preload lists are for the owner of the whole domain to decide.
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

# After a login without a page to return to.
LOGIN_REDIRECT_URL = "admin:index"

# SESSION_HOURS, SESSION_IDLE_MINUTES: a login ends after so long, and after so long without use.
SESSION_COOKIE_AGE = env_int("SESSION_HOURS", 12) * 60 * 60
SESSION_IDLE = env_int("SESSION_IDLE_MINUTES", 60) * 60

# After five wrong passwords within LOCKED_MINUTES, an account is locked for as long, and so is an
# IP address, of IPv6 its whole /64. From OFFICE_ADDRESSES (203.0.113.0/24, separated by commas),
# which many share, tries count for each account there alone.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_HANDLER = "nafta.admin_site.lockout.CountFirstHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=env_int("LOCKED_MINUTES", 15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody keeps somebody out by trying on
AXES_LOCKOUT_PARAMETERS = "nafta.admin_site.lockout.lockout_parameters"
AXES_LOCKOUT_CALLABLE = "nafta.admin_site.lockout.render_lockout"
AXES_CLIENT_IP_CALLABLE = "nafta.operations.limits.client_address.counted_address"
AXES_DISABLE_ACCESS_LOG = True  # for privacy: the history says who did what
AXES_VERBOSE = False
OFFICE_ADDRESSES = [ip_network(network) for network in env_list("OFFICE_ADDRESSES")]

# SECOND_FACTOR: whether staff need a code of an authenticator app to log in.
SECOND_FACTOR = env_flag("SECOND_FACTOR")
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# Limits of a spreadsheet import: bytes of the file (an XLSX may unpack to ten times as many), rows,
# cells (the empty ones too: a file of 60 kB can have millions), and rows that are new or changed.
# These are stored while the editor waits, for the preview and on confirmation: 50 ms of CPU for
# a statement, 12 for a person, in the web process and the database together.
IMPORT_MAX_BYTES = 2 * 1024 * 1024
IMPORT_MAX_ROWS = 5_000
IMPORT_MAX_CELLS = 300_000
IMPORT_MAX_CHANGES = 500

# Limits of a request: bytes in fields (an import is confirmed with all its rows), number of fields
# (the round desk has five for each issue and party, six for each issue), files, and bytes in all.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
BODY_MAX_BYTES = IMPORT_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE

# The history: each event has who and why, and is never changed.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
PGHISTORY_APPEND_ONLY = True
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# SECOND_EDITOR: whether another editor has to publish what an editor wrote.
SECOND_EDITOR = env_flag("SECOND_EDITOR")

# CACHE_URL: redis://host:port/0 of a Redis or Valkey that all processes share; without it each
# process has a cache.
CACHE_URL = os.environ.get("CACHE_URL", "")
# PAGES_MEGABYTES: memory of a process for cached pages; Redis has a limit of its own.
PAGES_MEGABYTES = env_int("PAGES_MEGABYTES", 64)

CACHES = {
    # counts of the API's rate limit, costs of addresses, the package
    "default": cache_settings(
        CACHE_URL,
        "default",
        "django.core.cache.backends.locmem.LocMemCache",
        MAX_ENTRIES=10_000,
    ),
    "pages": cache_settings(
        CACHE_URL,
        "pages",
        "nafta.operations.limits.page_memory.PageMemory",
        MAX_BYTES=PAGES_MEGABYTES * 1_000_000,
    ),
}
# KEEP_PAGES: whether public pages are cached until something is published.
KEEP_PAGES = env_flag("KEEP_PAGES", not DEBUG)
# PUBLISH_DUE: whether web processes publish what is due; else `manage.py publish_due` has to.
PUBLISH_DUE = env_flag("PUBLISH_DUE", True)
# SHARE_CARDS: whether pages have a picture for social networks.
SHARE_CARDS = env_flag("SHARE_CARDS", True)
# CDN_SECONDS: for how long a CDN may serve its copy of a page without asking.
CDN_SECONDS = env_int("CDN_SECONDS", 5)
# API_RATE: requests a minute that the API answers to one IP address.
API_RATE = env_int("API_RATE", 120)

# RENDERS_AT_ONCE: pages that are not cached, and that a process renders at the same time; 0 for any
# number. RENDER_PLACES: those and how many may wait, fewer than the process has threads.
RENDERS_AT_ONCE = env_int("RENDERS_AT_ONCE", 1)
RENDER_PLACES = env_int("RENDER_PLACES", 24)
# RENDER_SECONDS: seconds of rendering within a minute that an IP address may use, of IPv6 its /64;
# 0 for any number. Each process counts alone without CACHE_URL.
RENDER_SECONDS = env_int("RENDER_SECONDS", 30)

# PROBE_PORT: a port of this machine for health checks, answered whatever the threads do.
PROBE_PORT = env_int("PROBE_PORT", 0)

# LOG_FORMAT: json, an object a line, or plain text.
LOG_FORMAT = os.environ.get("LOG_FORMAT", "plain" if DEBUG or LOCAL else "json")
if LOG_FORMAT not in {"json", "plain"}:
    raise ImproperlyConfigured("LOG_FORMAT is “json” or “plain”.")
# LOG_LEVEL: WARNING leaves out the line a request.
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO").upper()
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "nafta.operations.logs.RequestIdFilter"}},
    "formatters": {
        "json": {"()": "nafta.operations.logs.JsonLineFormatter"},
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
        # these would repeat the line of each request that fails
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
# SLOW_QUERY_MS: slower queries are logged, without their parameters.
SLOW_QUERY_MS = float(os.environ.get("SLOW_QUERY_MS", "200"))
# METRICS_TOKEN: the bearer token for /metrics; without it there is no such page.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
# PROMETHEUS_MULTIPROC_DIR: an empty folder, to count all processes of a machine together.
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")

DJANGO_TABLES2_TEMPLATE = "_table.html"
