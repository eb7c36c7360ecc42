from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0002_what_versions_brought"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="approved_title",
            field=models.CharField(blank=True, db_default="", default="", max_length=160),
        ),
    ]
