"""The house's own settings, above servers of the tests' own. Nothing else differs."""

from tests import house

house.prepare()

from campaign.settings import *  # noqa: E402, F403
