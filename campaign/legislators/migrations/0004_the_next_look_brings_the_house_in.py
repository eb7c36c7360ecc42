"""Imports of before knew the Senate only; their mark would tell the source that we have its whole file."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_the_marks(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    imports = apps.get_model("legislators", "DataImport").objects.filter(what="legislators")
    imports.exclude(counts__has_key="representatives").update(etag="", checked_at=None)


class Migration(migrations.Migration):
    """Back, nothing is lost: a forgotten mark costs one download."""

    dependencies = [("legislators", "0003_imports_by_their_new_names")]

    operations = [migrations.RunPython(forget_the_marks, migrations.RunPython.noop)]
