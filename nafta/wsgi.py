import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nafta.settings")

application = get_wsgi_application()
import_module("nafta.operations.limits.time_limits").limit_connections()
if settings.PROBE_PORT:
    import_module("nafta.operations.probe_server").serve_probes()

# All code is loaded before the first page is asked for. It stays: Python's collector would else
# look through all of it again and again, for a sixth of the time that pages take.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
