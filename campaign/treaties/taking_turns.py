"""Taking turns: of two who change what we know of a treaty, one waits for the other and then hears of it."""

from dataclasses import dataclass

from campaign.treaties.models import Position, StageChange, Treaty


class ChangedMeanwhile(Exception):
    """Somebody changed what was looked at before; nothing is entered."""


@dataclass(frozen=True)
class Seen:
    """What stood when somebody looked: the key of its row, None where there was none."""

    row: int | None

    def compare(self, stands: Position | StageChange | None) -> None:
        """Raises ChangedMeanwhile where something else stands now."""
        if self.row != (stands.pk if stands else None):
            raise ChangedMeanwhile


def take_turns(treaty: Treaty) -> None:
    """Whoever changes this treaty's positions or stages waits here for who came before; readers wait for nobody.

    The turn ends with the transaction, of which there must be one.
    """
    Treaty.objects.select_for_update(no_key=True).only("pk").get(pk=treaty.pk)
