"""PostgreSQL compares paths byte by byte, as SQLite does by default: subtree ranges then use the index."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def collate(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the C collation on PostgreSQL; nothing to do elsewhere."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE orgs_organisation ALTER COLUMN path TYPE varchar(255) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [migrations.RunPython(collate, migrations.RunPython.noop)]
