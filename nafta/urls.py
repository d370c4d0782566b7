from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index
from django.urls import include, path

from nafta.api.routes import api
from nafta.operations import error_pages
from nafta.pages import about, data, home, parties, people, robots, rounds, search, timeline
from nafta.sharing import embed_pages
from nafta.syndication.feeds import IssueFeed, NewsFeed, PartyFeed, PersonFeed, RoundFeed
from nafta.syndication.sitemaps import SITEMAPS, sitemap_section

# Files and the API are the same in every language.
urlpatterns = [
    path("data/record.zip", data.record_zip, name="record_zip"),
    path("data/<str:name>", data.data_file, name="data_file"),
    path("api/v1/", api.urls),
]
# Pages: each language has its own addresses, the record's own the bare ones.
urlpatterns += i18n_patterns(
    path("", home.home, name="home"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("rounds/<slug:slug>/", rounds.round_detail, name="round_detail"),
    path("parties/", parties.party_list, name="party_list"),
    path("parties/<slug:code>/", parties.party_detail, name="party_detail"),
    path("search/", search.search, name="search"),
    path("people/", people.person_list, name="person_list"),
    path("people/<slug:slug>/", people.person_detail, name="person_detail"),
    path("data/", data.data, name="data"),
    path("about/", about.about, name="about"),
    path("feed/", NewsFeed(), name="feed"),
    path("issues/<slug:slug>/feed/", IssueFeed(), name="issue_feed"),
    path("parties/<slug:code>/feed/", PartyFeed(), name="party_feed"),
    path("people/<slug:slug>/feed/", PersonFeed(), name="person_feed"),
    path("rounds/<slug:slug>/feed/", RoundFeed(), name="round_feed"),
    path("embed/matrix/", embed_pages.embed, {"name": "embed_matrix"}, name="embed_matrix"),
    path("embed/timeline/", embed_pages.embed, {"name": "embed_timeline"}, name="embed_timeline"),
    path(
        "embed/issues/<slug:slug>/", embed_pages.embed, {"name": "embed_issue"}, name="embed_issue"
    ),
    path(
        "embed/issues/<slug:slug>/rounds/",
        embed_pages.embed,
        {"name": "embed_rounds"},
        name="embed_rounds",
    ),
    path(
        "embed/charts/<slug:slug>/", embed_pages.embed, {"name": "embed_chart"}, name="embed_chart"
    ),
    path(
        "embed/statements/<slug:slug>/",
        embed_pages.embed,
        {"name": "embed_statement"},
        name="embed_statement",
    ),
    *([path("cards/", include("nafta.sharing.card_urls"))] if settings.SHARE_CARDS else []),
    path("", include("rounds.urls")),
    path("", include("issues.urls")),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

# What machines ask for has one address; oEmbed answers in the language of the page asked about.
urlpatterns += [
    path("robots.txt", robots.robots, name="robots"),
    path(
        "sitemap.xml",
        index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<slug:section>.xml", sitemap_section, name="sitemap_section"),
    path("oembed/", embed_pages.oembed, name="oembed"),
]

handler400 = error_pages.bad_request
handler403 = error_pages.forbidden
handler500 = error_pages.server_error
