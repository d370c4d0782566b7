from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class NaftaConfig(AppConfig):
    name = "nafta"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from nafta.search.record_texts import (  # noqa: PLC0415 - models are there only now
            install_search_bodies,
        )

        post_migrate.connect(install_search_bodies, sender=self)


class DeskConfig(AdminConfig):
    default_site = "nafta.admin_site.site.EditorsSite"

    def ready(self) -> None:
        """Register the pages of our records, which stand in ``<app>/admin/registry.py``.

        Take away the one action of axes' list of bad tries, which answers 500.

        It reads ``request.axes_attempt_time``, which axes sets only while somebody logs in. Old
        tries need no action: axes deletes them whenever somebody tries to log in.
        """
        super().ready()
        autodiscover_modules("admin.registry", register_to=admin.site)
        from axes.models import AccessAttempt  # noqa: PLC0415 - models are there only now

        admin.site.get_model_admin(AccessAttempt).actions = ()
