"""Included as `path("dev/", include("campaign.inbox.urls"))` where settings.INBOX_DIR is set."""

from django.urls import path, re_path

from campaign.inbox import views

app_name = "inbox"
urlpatterns = [
    re_path(r"^inbox/?$", views.inbox, name="inbox"),
    path("inbox.json", views.inbox_json, name="inbox_json"),
    path("inbox/<slug:message_id>", views.message, name="message"),
    path("inbox/<slug:message_id>/html", views.message_html, name="message_html"),
]
