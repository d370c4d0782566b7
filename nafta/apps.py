from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NaftaConfig(AppConfig):
    name = "nafta"
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(AdminConfig):
    default_site = "nafta.desk.Desk"
