"""One settings file. What differs between houses comes from the environment, through campaign/env.py."""

from datetime import timedelta
from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from campaign import env, mail_settings, report_settings
from campaign.lib import logs
from campaign.queue_settings import *  # noqa: F403

env.read_demo_environment()

BASE_DIR = env.ROOT
DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SEALING_KEYS = env.keys("SEALING_KEYS")
MAILBOX_KEY = env.keys("MAILBOX_KEY")[0]

SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", SITE_HOST)
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

ORGANIZATION_NAME = env.text("ORGANIZATION_NAME", "Twothirds")
MAIL_DOMAIN = env.text("MAIL_DOMAIN", "twothirds.example")
MAIL_FROM = formataddr((ORGANIZATION_NAME, f"petitions@{MAIL_DOMAIN}"))
LETTERS_ADDRESS = f"letters@{env.text('LETTERS_DOMAIN', MAIL_DOMAIN)}"
# Mailings come from a domain of their own, and say where the organization lives: without an address none is sent.
UPDATES_DOMAIN = env.text("UPDATES_DOMAIN", MAIL_DOMAIN)
POSTAL_ADDRESS = env.text("POSTAL_ADDRESS", "").strip()
INBOX_DIR = env.text("INBOX_DIR", "")
SANDBOX_OFFICES = env.flag("SANDBOX_OFFICES", default=False)

INSTALLED_APPS = [
    "campaign.lib",  # first: its migrate command stands before Django's
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "campaign.supporters",
    "campaign.legislators",
    "campaign.partners",
    "campaign.delivery",
    "campaign.organizers",
    "campaign.treaties",
    "campaign.petitions",
    "campaign.letters",
    "campaign.mailings",
    "campaign.public",
    "campaign.dashboard",
    "campaign.api",
    "campaign.inbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "campaign.lib.browsers.Policy",
    "campaign.lib.requests.RequestMiddleware",
    "campaign.api.v1.shortcut.Shortcut",
    "campaign.lib.browsers.Sessions",
    "campaign.lib.browsers.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "campaign.lib.browsers.Persons",
    "campaign.lib.browsers.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaign.lib.pages.house",
            ]
        },
    }
]

# The web process keeps a bounded pool (a connection per request costs ten times the request; persistent connections
# leak when granian's threads come and go). Celery closes Django's pool at every task, so workers go without.
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env.text("PROCESS", "") == "web":
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16, "timeout": 5}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
VALKEY_TIMEOUT_SECONDS = 0.05

AUTH_USER_MODEL = "organizers.Organizer"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "campaign.public.errors.not_from_here"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/dashboard/"
ACCOUNT_ADAPTER = "campaign.organizers.accounts.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "campaign.organizers.accounts.SealedMFAAdapter"
MFA_TOTP_ISSUER = ORGANIZATION_NAME
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        "KEY_PREFIX": "cache",
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env.text("STATIC_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")},
}

# --- what a browser may do -------------------------------------------------------------------------------------------
_HOST_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST_PREFIX}session"
CSRF_COOKIE_NAME = f"{_HOST_PREFIX}csrf"
LANGUAGE_COOKIE_NAME = f"{_HOST_PREFIX}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
LARGER_BODIES = report_settings.LARGER_BODIES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# --- the queue: a nudge, never the truth -----------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL

# --- mail ------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
MAIL_LINE = MAIL_PROVIDER = ""  # EMAIL_URL says both, and all that Django and anymail have to know
globals().update(mail_settings.line("EMAIL_URL"))
DKIM_KEY, DKIM_SELECTOR, DKIM_DOMAIN = mail_settings.dkim()
ANYMAIL = report_settings.told(globals().get("ANYMAIL", {}))
REPORTS_SECRET: list[str] = report_settings.secrets("REPORTS_SECRET")
REPORTS_MAILBOX_URL: str = report_settings.mailbox("REPORTS_MAILBOX_URL")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
MAIL_RATE = env.number("MAIL_RATE", 0)  # mails a second that the relay takes; 0: as many as there are
MAIL_EPOCH = env.text("MAIL_EPOCH", "") or "1"  # another one after a restore: see docs/operations.md

# --- the API ---------------------------------------------------------------------------------------------------------
LOOKUPS_A_MINUTE = env.number("LOOKUPS_A_MINUTE", 120, least=1)  # from one network
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["campaign.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "campaign.api.errors.as_problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Twothirds partner API",
    "DESCRIPTION": "Bring signatures from your site; find who speaks for a person, and where a treaty stands.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# --- what Congress does with treaties: nobody is asked without a key --------------------------------------------------
CONGRESS_API_URL = env.service("CONGRESS_API_URL", "https://api.congress.gov/v3")
CONGRESS_API_KEY = env.text("CONGRESS_API_KEY", "")

# --- the address step: nobody is asked unless the operator says whom --------------------------------------------------
ADDRESS_BACKEND = env.address_backend("ADDRESS_BACKEND")
CENSUS_GEOCODER_URL = env.service("CENSUS_GEOCODER_URL", "https://geocoding.geo.census.gov/geocoder")
GOOGLE_CIVIC_URL = env.service("GOOGLE_CIVIC_URL", "https://civicinfo.googleapis.com/civicinfo/v2")
GOOGLE_CIVIC_KEY = env.text("GOOGLE_CIVIC_KEY", "")
GOOGLE_CIVIC_CONGRESS = env.number("GOOGLE_CIVIC_CONGRESS", 0)
GEOCODIO_URL = env.service("GEOCODIO_URL", "https://api.geocod.io/v1.12")
GEOCODIO_KEY = env.text("GEOCODIO_KEY", "")
DISTRICT_POLYGONS = env.text("DISTRICT_POLYGONS", "")

# --- logs: ids and counts, never personal data -----------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                logs.without_tokens,
                structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
