"""Environment variables as the settings read them."""

import os

from django.core.exceptions import ImproperlyConfigured


def env_flag(name: str, default: bool = False) -> bool:
    """An environment variable that is on (1, true, yes) or off."""
    value = os.environ.get(name)
    return default if value is None else value.lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    """An environment variable with values separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def env_int(name: str, default: int) -> int:
    """An environment variable that is a whole number, 0 or more. Raises ImproperlyConfigured."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}, expected a whole number.")
    return int(value)
