from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0006_mailings_belong_to_a_series"),
    ]

    operations = [
        migrations.AddField(
            model_name="epoch",
            name="database",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
