"""The site, and at ``/stock/`` an admin as Django makes it: every model, default widgets."""

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from nafta.urls import urlpatterns as own

stock = AdminSite(name="stock")
for label in ("rounds", "issues"):
    for model in apps.get_app_config(label).get_models():
        if not model.__name__.endswith("Event") and not model._meta.proxy:
            stock.register(model, ModelAdmin)
urlpatterns = [*own, path("stock/", stock.urls)]
