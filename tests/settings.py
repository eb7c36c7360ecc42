"""The house's own settings, above servers of the tests' own. But for its patience with Valkey nothing else differs."""

from tests import house

house.prepare()

from campaign.settings import *  # noqa: E402, F403

# On a machine whose cores are all busy with tests 50 ms may pass; then each process would count for itself.
VALKEY_TIMEOUT_SECONDS = 20
