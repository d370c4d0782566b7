import gc
import os
import sys
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

# Seconds until a thread that computes lets others go on, ten times as often as by default: a page
# from the cache should not wait behind one that is rendered (decision 0067).
sys.setswitchinterval(0.0005)
