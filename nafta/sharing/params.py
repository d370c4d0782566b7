"""The parameters of oEmbed."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

MAX_PIXELS = 100_000


class OEmbedForm(forms.Form):
    """The request of a site that wants to embed a page of ours: https://oembed.com/."""

    url = forms.CharField(max_length=2000)
    format = forms.CharField(required=False, max_length=20, initial="json")
    maxwidth = forms.IntegerField(required=False, min_value=1, max_value=MAX_PIXELS)
    maxheight = forms.IntegerField(required=False, min_value=1, max_value=MAX_PIXELS)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["url"].error_messages["required"] = _("Say with “url” which page to embed.")
        for name in ("maxwidth", "maxheight"):
            message = _("“%(name)s” takes a number of pixels.") % {"name": name}
            codes = ("invalid", "min_value", "max_value")
            self.fields[name].error_messages |= dict.fromkeys(codes, message)

    def clean_format(self) -> str:
        name = self.cleaned_data["format"] or "json"
        if name not in {"json", "xml"}:
            raise ValidationError(_("The formats are json and xml."), code="unknown")
        return str(name)
