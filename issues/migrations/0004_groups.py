"""Contributors write drafts; editors publish, correct and take back."""

from typing import Any

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITTEN = {
    "rounds": ["round", "deadline", "statement", "statementlink", "person", "source"],
    "issues": ["issue", "measure", "proposal", "term", "position", "progress"],
}
KEPT = {"rounds": ["negotiation", "party"]}  # what only editors change


def make_groups(apps: Any, schema_editor: Any) -> None:
    for label in WRITTEN:
        config = apps.get_app_config(label)
        config.models_module = getattr(config, "models_module", None) or True
        create_permissions(config, apps=apps, verbosity=0)  # Django does so only after the last
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")

    def allowed(models: dict[str, list[str]], *verbs: str) -> list[Any]:
        found = permission.objects.filter(content_type__app_label__in=models)
        names = [f"{verb}_{model}" for some in models.values() for model in some for verb in verbs]
        return list(found.filter(codename__in=names))

    contributors, _made = group.objects.get_or_create(name="Contributors")
    contributors.permissions.add(
        *allowed(WRITTEN, "add", "change", "delete", "view"), *allowed(KEPT, "view")
    )
    editors, _made = group.objects.get_or_create(name="Editors")
    publish = permission.objects.get(content_type__app_label="rounds", codename="publish")
    editors.permissions.add(
        *allowed(WRITTEN, "add", "change", "delete", "view"),
        *allowed(KEPT, "add", "change", "view"),
        publish,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0003_begin_history"),
        ("rounds", "0003_begin_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
