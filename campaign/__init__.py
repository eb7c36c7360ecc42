"""Twothirds: a campaign backend for treaty ratification fights."""

from campaign.celery import app as celery_app

__all__ = ["celery_app"]
