"""The house's own settings, with the constant beside its addresses."""

from campaign.settings import *  # noqa: F403

ROOT_URLCONF = "bench.constant.urls"
