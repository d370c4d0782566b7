from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NaftaConfig(AppConfig):
    name = "nafta"


class DeskConfig(AdminConfig):
    default_site = "nafta.desk.Desk"
