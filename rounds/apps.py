from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundsConfig(AppConfig):
    name = "rounds"
    verbose_name = _("The record: meetings and statements")
    default_auto_field = "django.db.models.BigAutoField"
