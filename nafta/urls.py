from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from nafta import views
from nafta.api.routes import api

# Files and the API are the same in every language.
urlpatterns = [
    path("data/record.zip", views.record_zip, name="record_zip"),
    path("data/<str:name>", views.data_file, name="data_file"),
    path("api/v1/", api.urls),
]
# Pages: each language has its own addresses, the record's own the bare ones.
urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("timeline/", views.timeline, name="timeline"),
    path("rounds/<slug:slug>/", views.round_detail, name="round_detail"),
    path("parties/<slug:code>/", views.party_detail, name="party_detail"),
    path("people/<slug:slug>/", views.person_detail, name="person_detail"),
    path("data/", views.data, name="data"),
    path("about/", views.about, name="about"),
    path("", include("rounds.urls")),
    path("", include("issues.urls")),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)
