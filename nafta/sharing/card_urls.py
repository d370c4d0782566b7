"""The URLs of cards, the pictures of pages. ``settings.SHARE_CARDS`` switches them off."""

from django.urls import path

from nafta.sharing import card_pages

urlpatterns = [
    path("home.png", card_pages.card, {"kind": "home", "key": ""}, name="card_home"),
    path("<str:kind>/<slug:key>.png", card_pages.card, name="card"),
]
