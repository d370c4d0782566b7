import os
from types import SimpleNamespace

import pytest

from tests.world import create_world

# Playwright keeps an event loop running in its worker, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """The river talks, with a draft of every kind planted among them."""
    return create_world()
