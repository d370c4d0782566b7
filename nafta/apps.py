from django.apps import AppConfig


class NaftaConfig(AppConfig):
    name = "nafta"
    verbose_name = "Site"
