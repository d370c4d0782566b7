from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path

from nafta import views
from nafta.api.routes import api
from nafta.syndication.feeds import IssueFeed, NewsFeed, PartyFeed, PersonFeed, RoundFeed
from nafta.syndication.sitemaps import SITEMAPS

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
    path("parties/", views.party_list, name="party_list"),
    path("parties/<slug:code>/", views.party_detail, name="party_detail"),
    path("search/", views.search, name="search"),
    path("people/", views.person_list, name="person_list"),
    path("people/<slug:slug>/", views.person_detail, name="person_detail"),
    path("data/", views.data, name="data"),
    path("about/", views.about, name="about"),
    path("feed/", NewsFeed(), name="feed"),
    path("issues/<slug:slug>/feed/", IssueFeed(), name="issue_feed"),
    path("parties/<slug:code>/feed/", PartyFeed(), name="party_feed"),
    path("people/<slug:slug>/feed/", PersonFeed(), name="person_feed"),
    path("rounds/<slug:slug>/feed/", RoundFeed(), name="round_feed"),
    path("embed/matrix/", views.embed, {"name": "embed_matrix"}, name="embed_matrix"),
    path("embed/timeline/", views.embed, {"name": "embed_timeline"}, name="embed_timeline"),
    path("embed/issues/<slug:slug>/", views.embed, {"name": "embed_issue"}, name="embed_issue"),
    path(
        "embed/issues/<slug:slug>/rounds/",
        views.embed,
        {"name": "embed_rounds"},
        name="embed_rounds",
    ),
    path("embed/charts/<slug:slug>/", views.embed, {"name": "embed_chart"}, name="embed_chart"),
    path(
        "embed/statements/<slug:slug>/",
        views.embed,
        {"name": "embed_statement"},
        name="embed_statement",
    ),
    path("cards/home.png", views.card, {"kind": "home", "key": ""}, name="card_home"),
    path("cards/<str:kind>/<slug:key>.png", views.card, name="card"),
    path("", include("rounds.urls")),
    path("", include("issues.urls")),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

# What machines ask for has one address; oEmbed answers in the language of the page asked about.
urlpatterns += [
    path("robots.txt", views.robots, name="robots"),
    path(
        "sitemap.xml",
        index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<slug:section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
    path("oembed/", views.oembed, name="oembed"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler500 = views.server_error
