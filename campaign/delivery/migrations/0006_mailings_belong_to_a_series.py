from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

NAME = "a_mailings_mail_belongs_to_a_series"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("delivery", "0005_suppressions_of_a_list"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("kind", 4), ("series__isnull", False)),
                    Q(Q(("kind", 4), _negated=True), ("series", None)),
                    _connector="OR",
                ),
                name=NAME,
            ),
        ),
        ValidateConstraint(model_name="delivery", name=NAME),
    ]
