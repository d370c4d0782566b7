# The web process. compose.yaml starts it with a database and a cache; docs/production.md says how,
# and how to renew the digest of the image below.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /site
COPY requirements.txt .
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY manage.py pyproject.toml ./
COPY nafta nafta
COPY issues issues
COPY rounds rounds
COPY templates templates
COPY static static
# The settings ask for these two; neither is used, nor kept.
RUN SECRET_KEY=$(head -c 48 /dev/urandom | base64 -w0) ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgresql:///unused .venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
RUN useradd --system --uid 10001 site
WORKDIR /site
COPY --from=build /site /site
ENV PATH=/site/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PROBE_PORT=8001
# What a page took is given back when it is made.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
USER site
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import urllib.request as web; web.urlopen('http://127.0.0.1:8001/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
    "--blocking-threads", "32", "--respawn-failed-workers", "nafta.wsgi:application"]
