from django.urls import path

from rounds import views

urlpatterns = [
    path("rounds/", views.round_list, name="round_list"),
    path("statements/<slug:slug>/", views.statement_detail, name="statement_detail"),
    path("sources/", views.source_list, name="source_list"),
    path("sources/<slug:slug>/", views.source_detail, name="source_detail"),
]
