from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("delivery", "0007_epochs_know_their_database"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("handed_off_at__isnull", False), ("series", None)),
                fields=["kind", "handed_off_at"],
                name="deliveries_that_left_alone",
            ),
        ),
    ]
