from django.db import migrations, models
from django.db.models import Q

WIDE = "a_mailbox_is_suppressed_once_per_wide_scope"
LIST = "a_mailbox_is_suppressed_once_per_list"
NAMES = "a_suppression_names_a_list_or_goes_beyond_it"


class Migration(migrations.Migration):
    # Unique indexes are built beside the writers; the old one goes last, so that at no moment two rows could stand.
    atomic = False

    dependencies = [
        ("delivery", "0004_deliveries_of_a_series"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {WIDE} ON delivery_suppression (mailbox, scope)"
                    " WHERE mailing_list IS NULL",
                    f"DROP INDEX CONCURRENTLY IF EXISTS {WIDE}",
                ),
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {LIST} ON delivery_suppression"
                    " (mailbox, mailing_list) WHERE mailing_list IS NOT NULL",
                    f"DROP INDEX CONCURRENTLY IF EXISTS {LIST}",
                ),
                migrations.RunSQL(
                    f"ALTER TABLE delivery_suppression ADD CONSTRAINT {NAMES} CHECK ("
                    "(scope = 'list' AND mailing_list IS NOT NULL) OR (scope <> 'list' AND mailing_list IS NULL)"
                    ") NOT VALID",
                    f"ALTER TABLE delivery_suppression DROP CONSTRAINT {NAMES}",
                ),
                migrations.RunSQL(
                    f"ALTER TABLE delivery_suppression VALIDATE CONSTRAINT {NAMES}", migrations.RunSQL.noop
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="suppression",
                    constraint=models.UniqueConstraint(
                        condition=Q(("mailing_list", None)), fields=("mailbox", "scope"), name=WIDE
                    ),
                ),
                migrations.AddConstraint(
                    model_name="suppression",
                    constraint=models.UniqueConstraint(
                        condition=Q(("mailing_list__isnull", False)), fields=("mailbox", "mailing_list"), name=LIST
                    ),
                ),
                migrations.AddConstraint(
                    model_name="suppression",
                    constraint=models.CheckConstraint(
                        condition=Q(
                            Q(("mailing_list__isnull", False), ("scope", "list")),
                            Q(Q(("scope", "list"), _negated=True), ("mailing_list", None)),
                            _connector="OR",
                        ),
                        name=NAMES,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="suppression", name="a_mailbox_is_suppressed_once_per_scope"),
    ]
