from django.urls import path

from rounds.public import views
from rounds.public.feeds import CorrectionFeed

urlpatterns = [
    path("rounds/", views.round_list, name="round_list"),
    path("deadlines/", views.deadline_list, name="deadline_list"),
    path("statements/<slug:slug>/", views.statement_detail, name="statement_detail"),
    path("sources/", views.source_list, name="source_list"),
    path("sources/<slug:slug>/", views.source_detail, name="source_detail"),
    path("corrections/", views.correction_list, name="correction_list"),
    path("corrections/feed/", CorrectionFeed(), name="correction_feed"),
    path("calendar.ics", views.calendar, name="calendar"),
    path("parties/<slug:code>/calendar.ics", views.calendar, name="party_calendar"),
]
