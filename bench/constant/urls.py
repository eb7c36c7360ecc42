from django.urls import path

from bench.constant.view import constant
from campaign.urls import handler400, handler403, handler404, handler500, urlpatterns

urlpatterns = [path("constant", constant), *urlpatterns]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
