"""The groups of a new database: contributors write drafts; editors publish, correct, unpublish."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WRITTEN = {
    "rounds": ["round", "deadline", "statement", "statementlink", "person", "source"],
    "issues": [
        *("issue", "measure", "proposal", "earlierstatus", "term", "position", "progress"),
        *("outcome", "partyoutcome"),
    ],
}
ADDED_LATER = ["earlierstatus", "outcome", "partyoutcome"]
EDITORS_ONLY = {"rounds": ["negotiation", "party"]}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Make the two groups with their permissions, unless they exist.

    For a migration: ``apps`` is the registry that it is given. Django itself makes the permissions
    of models only after the last migration.
    """
    for label in WRITTEN:
        config: Any = apps.get_app_config(label)
        # the apps of a migration have no module, and create_permissions skips those without one
        config.models_module = getattr(config, "models_module", None) or True
        create_permissions(config, apps=apps, verbosity=0)

    contributors, _created = Group.objects.get_or_create(name="Contributors")
    contributors.permissions.add(
        *permissions(WRITTEN, "add", "change", "delete", "view"),
        *permissions(EDITORS_ONLY, "view"),
    )
    editors, _created = Group.objects.get_or_create(name="Editors")
    editors.permissions.add(
        *permissions(WRITTEN, "add", "change", "delete", "view"),
        *permissions(EDITORS_ONLY, "add", "change", "view"),
        Permission.objects.get(content_type__app_label="rounds", codename="publish"),
    )


def write_models_added_later(apps: Apps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Let groups that write the issues write the models that came after the groups were made.

    For a migration. Whoever may add, change, delete or view issues may do so with these.
    """
    config: Any = apps.get_app_config("issues")
    config.models_module = getattr(config, "models_module", None) or True
    create_permissions(config, apps=apps, verbosity=0)
    for verb in ("add", "change", "delete", "view"):
        for group in Group.objects.filter(
            permissions__content_type__app_label="issues", permissions__codename=f"{verb}_issue"
        ):
            group.permissions.add(*permissions({"issues": ADDED_LATER}, verb))


def permissions(models: dict[str, list[str]], *verbs: str) -> list[Permission]:
    """Return the permissions for each of the verbs on the models, named by their apps."""
    codenames = [f"{verb}_{name}" for names in models.values() for name in names for verb in verbs]
    return list(
        Permission.objects.filter(content_type__app_label__in=models, codename__in=codenames)
    )
