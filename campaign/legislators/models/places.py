"""PostalCode: where a ZIP lies."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value


class PostalCode(models.Model):
    """A ZIP and where it lies; PW, FM, MH and AA, AE, AP among its states.

    Each source has its own column, so that none undoes another's work: the state of its post office and those of our
    facts, the states of the Census, and the districts ("OR-3") of the Census, those with most of the land first.
    """

    zip = models.CharField(max_length=5, primary_key=True)
    states = ArrayField(models.CharField(max_length=2), default=list, db_default=Value("{}"), blank=True)
    census_states = ArrayField(models.CharField(max_length=2), default=list, db_default=Value("{}"), blank=True)
    districts = ArrayField(models.CharField(max_length=6), default=list, db_default=Value("{}"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(zip__regex=r"^[0-9]{5}$"), name="a_zip_has_five_digits"),
            models.CheckConstraint(
                condition=Q(states__len__gt=0) | Q(census_states__len__gt=0) | Q(districts__len__gt=0),
                name="a_zip_lies_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zip} {' '.join(self.states)}"
