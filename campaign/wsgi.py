"""The web's way in: `granian --interface wsgi campaign.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from campaign.lib.requests import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
os.environ.setdefault("PROCESS", "web")

application = get_wsgi_application()
application.request_class = Utf8Request
