from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class NaftaConfig(AppConfig):
    name = "nafta"
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(AdminConfig):
    default_site = "nafta.desk.Desk"

    def ready(self) -> None:
        """Take away the one action of axes, which answers 500; old tries go at the next login."""
        super().ready()
        from axes.models import AccessAttempt  # noqa: PLC0415 - models are there only now

        admin.site.get_model_admin(AccessAttempt).actions = ()
