"""The import of senators became the import of all legislators. Small table: one short statement."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def rename(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Those knew the Senate only: without its mark the source is asked at once, for the whole file with the House."""
    imports = apps.get_model("legislators", "DataImport").objects.filter(what="senators")
    imports.update(what="legislators", etag="", checked_at=None)


def rename_back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The older code knows its imports again."""
    apps.get_model("legislators", "DataImport").objects.filter(what="legislators").update(what="senators")


class Migration(migrations.Migration):
    dependencies = [("legislators", "0002_house_committees_and_districts")]
    operations = [migrations.RunPython(rename, rename_back, elidable=True)]
