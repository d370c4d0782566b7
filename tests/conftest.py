from types import SimpleNamespace

import pytest

from tests.world import create_world


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """The river talks, with a draft of every kind planted among them."""
    return create_world()
