"""What the peers need: the house's PostgreSQL server and Django's own mail backend."""

import os

from campaign import env

SECRET_KEY = os.environ["SECRET_KEY"]
INSTALLED_APPS = ["django.contrib.contenttypes", "mailer", "post_office"]
DATABASES = {"default": env.database("PEERS_DATABASE_URL") | {"CONN_MAX_AGE": None}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
globals().update(env.mail_server("EMAIL_URL"))

# django-mailer keeps a second copy of each mail in its log unless told not to, and locks a file where it stands.
MAILER_EMAIL_LOG_MESSAGE_DATA = False
MAILER_USE_FILE_LOCK = False

# As it is installed django-post_office takes 100 at a time and writes a log row for each success. Tuned in its favour
# it takes all at once and logs failures only.
POST_OFFICE: dict[str, object] = {
    "BATCH_DELIVERY_TIMEOUT": 1_800,
    "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
}
if os.environ.get("PEERS_TUNED"):
    POST_OFFICE |= {"BATCH_SIZE": 10_000, "LOG_LEVEL": 1}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["none"], "level": "WARNING"},
    "loggers": {"post_office": {"handlers": ["none"], "level": "WARNING", "propagate": False}},
}
