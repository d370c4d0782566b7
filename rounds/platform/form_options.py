"""The keyword arguments of Django's forms, for forms that take their own and pass these on."""

from collections.abc import MutableMapping
from typing import Any, TypedDict

from django.db.models import Model
from django.forms.renderers import BaseRenderer
from django.forms.utils import ErrorList


class FormOptions(TypedDict, total=False):
    auto_id: bool | str
    prefix: str | None
    initial: MutableMapping[str, Any] | None
    error_class: type[ErrorList]
    label_suffix: str | None
    empty_permitted: bool
    use_required_attribute: bool | None
    renderer: BaseRenderer | None


class ModelFormOptions(FormOptions, total=False):
    instance: Model | None
