"""Addresses for machines that report: `/api/hooks/mail/<provider>/`."""

from django.urls import path, re_path

from campaign.api.errors import nothing_here
from campaign.api.hooks import views

app_name = "hooks"
urlpatterns = [
    path("mail/inbound/", views.inbound, name="inbound"),
    re_path(r"^mail/([a-z_]{1,20})/$", views.provider, name="provider"),
    re_path("", nothing_here),
]
