from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = _("The reading: issues and positions")
    default_auto_field = "django.db.models.BigAutoField"
