"""The keyword arguments of Django's forms, for forms that take their own and pass these on."""

from collections.abc import MutableMapping
from typing import Any, TypedDict

from django.db.models import Model
from django.forms.renderers import BaseRenderer
from django.forms.utils import ErrorList


class FormOptions(TypedDict, total=False):
    """Those of a form but ``data`` and ``files``, which Django passes by position too."""

    auto_id: bool | str
    prefix: str | None
    initial: MutableMapping[str, Any] | None
    error_class: type[ErrorList]
    label_suffix: str | None
    empty_permitted: bool
    use_required_attribute: bool | None
    renderer: BaseRenderer | None


class ModelFormOptions(FormOptions, total=False):
    """Those of the form of a record."""

    instance: Model | None
