"""All addresses of the house. Faces own URLs; English stands without a prefix, Spanish under /es/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from campaign.public import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/hooks/", include("campaign.api.hooks.urls")),
    path("api/v1/", include("campaign.api.v1.urls")),
    path("dashboard/", include("campaign.dashboard.urls")),
    path("accounts/", include("campaign.dashboard.account_urls")),
    path("admin/", admin.site.urls),
]
if settings.INBOX_DIR:
    urlpatterns.append(path("dev/", include("campaign.inbox.urls")))
urlpatterns += i18n_patterns(path("", include("campaign.public.urls")), prefix_default_language=False)
handler400 = "campaign.public.errors.bad_request"
handler403 = "campaign.public.errors.not_allowed"
handler404 = "campaign.public.errors.not_found"
handler500 = "campaign.public.errors.our_fault"
