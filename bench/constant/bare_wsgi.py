"""A Django of one view: no middleware, no database, nothing of ours."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

from bench.constant.view import constant

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
urlpatterns = [path("constant", constant)]
application = get_wsgi_application()
