"""What the forms of the round desk share: forms that show what was typed without checking it."""

from collections.abc import Mapping
from typing import Any, Unpack

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from rounds.admin.form_options import FormOptions

ROWS_AT_MOST = 200


class CheckedFormOptions(FormOptions, total=False):
    is_checked: bool


class CheckedForm(forms.Form):
    """A form that has no errors until it ``is_checked``: then it is Django's."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict | None = None,
        *,
        is_checked: bool = True,
        **options: Unpack[FormOptions],
    ) -> None:
        self.is_checked = is_checked
        super().__init__(data, files, **options)

    def full_clean(self) -> None:
        if self.is_checked:
            super().full_clean()
        else:
            self._errors, self.cleaned_data = ErrorDict(), {}


class CheckedFormSet(forms.BaseFormSet):
    """Rows of one kind, checked all together or not at all."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        prefix: str,
        form_kwargs: dict[str, Any],
        is_checked: bool,
    ) -> None:
        self.is_checked = is_checked
        super().__init__(data, prefix=prefix, form_kwargs=form_kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "is_checked": self.is_checked}

    def full_clean(self) -> None:
        if self.is_checked:
            super().full_clean()
        else:
            self._errors: list[Any] = []
            self._non_form_errors = ErrorList()

    @property
    def changed_forms(self) -> list[Any]:
        """The rows in which something is typed."""
        return [form for form in self.forms if form.has_changed()]


def row_formset(form: type[CheckedForm], extra: int) -> Any:
    """The class of a formset of ``form`` with ``extra`` empty rows at first."""
    return forms.formset_factory(
        form,
        formset=CheckedFormSet,
        extra=extra,
        max_num=ROWS_AT_MOST,
        absolute_max=ROWS_AT_MOST,  # Django would read 1,000 rows more
    )


def text_input(datalist: str, *, several: bool = False) -> forms.TextInput:
    """An input with the suggestions of ``datalist``: the list of the page named so."""
    attrs = {"list": f"names-{datalist}", "autocomplete": "off"}
    return forms.TextInput(attrs=attrs | ({"data-several": datalist} if several else {}))
