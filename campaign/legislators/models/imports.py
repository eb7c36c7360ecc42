"""DataImport: what was brought in from outside, and since when we know it."""

from django.db import models
from django.db.models.functions import Now

from campaign.legislators.querysets import DataImportQuerySet


class Subject(models.TextChoices):
    """What an import is about. The lists of the Senate and of the Clerk only check, and fill in contact forms."""

    LEGISLATORS = "legislators"
    COMMITTEES = "committees"
    SENATE_LIST = "senate_list"
    CLERKS_LIST = "clerks_list"
    PLACES = "places"
    ZIPS = "zips"
    DISTRICTS = "districts"
    TREATIES = "treaties"


def subjects() -> list[tuple[str, str]]:
    """As a callable: a new value makes no migration."""
    return Subject.choices


class DataImport(models.Model):
    """One try to bring in data from outside: from where, which bytes, what it changed, or why it was refused."""

    what = models.CharField(max_length=20, choices=subjects)
    source = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    etag = models.CharField(max_length=200, default="", blank=True)
    as_of = models.DateField()
    # Of which Congress it speaks, where it speaks of one: districts are drawn anew.
    congress = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    # None: nobody was reached.
    finished_at = models.DateTimeField(null=True, blank=True)
    # The source was asked, and this was the newest it had.
    checked_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    difference = models.JSONField(default=dict, blank=True)
    refused_because = models.TextField(default="", blank=True)

    objects = DataImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["what", "-finished_at"], name="imports_by_subject")]

    def __str__(self) -> str:
        return f"{self.what} as of {self.as_of} from {self.source}"
