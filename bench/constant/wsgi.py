import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.constant.settings"

from campaign.wsgi import application

__all__ = ["application"]
