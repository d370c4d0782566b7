from django.urls import path

from issues.public import views

urlpatterns = [
    path("compare/", views.compare, name="compare"),
    path("distance/", views.distance, name="distance"),
    path("moved/", views.moved, name="moved"),
    path("issues/", views.issue_list, name="issue_list"),
    path("issues/<slug:slug>/", views.issue_detail, name="issue_detail"),
    path("cite/position/<slug:issue>/<slug:party>/", views.cite_position, name="cite_position"),
    path("proposals/<slug:slug>/", views.proposal_detail, name="proposal_detail"),
]
