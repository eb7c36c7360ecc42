from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("delivery", "0003_series_reports_and_brakes"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE delivery_delivery VALIDATE CONSTRAINT a_delivery_belongs_to_a_series_that_exists",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("series__isnull", False), ("status__in", ("queued", "deferred"))),
                fields=["series", "next_at"],
                name="deliveries_waiting_in_series",
            ),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("series__isnull", False)),
                fields=["series", "handed_off_at", "status", "reported"],
                name="deliveries_of_a_series",
            ),
        ),
    ]
