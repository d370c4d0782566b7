"""Translations at the desk: typed beside their originals, in spreadsheets, missed in lists."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from issues.models import Issue, Measure, Position, Progress, Proposal
from rounds.models import (
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    Statement,
)
from tests.desk import address, change, desk_of, fields_in, fields_of, told
from tests.sheets import counts, csv_file, load, refusals, table, upload
from tests.world import create_contributor, create_editor, create_party

RECORD = (Negotiation, Party, Person, Source, Round, Deadline, Statement)
READING = (Issue, Measure, Proposal, Position, Progress)
NOTE = "Now in French, too."


@pytest.fixture
def eve(world: SimpleNamespace) -> Client:
    return desk_of(create_editor(username="eve"))


@pytest.mark.parametrize("model", [*RECORD, *READING])
def test_every_text_has_an_input_in_each_language_beside_its_original(
    admin_client: Client, world: SimpleNamespace, model: Any
) -> None:
    record = model.objects.exclude(state="draft").first() if model in READING else None
    record = record or model.objects.first()
    page = admin_client.get(address(model, record))
    form = page.context["adminform"].form
    for name, (field, code) in model.translation_keys().items():
        assert form.fields[name].help_text == getattr(record, field)
        assert f'lang="{code}"' in str(form[name])
        assert form[name].html_name in fields_in(page)
    assert "Translations" in page.content.decode()


def test_what_is_typed_is_stored_and_what_is_emptied_is_gone(eve: Client, world: Any) -> None:
    typed = {"question_fr": "Faut-il compter les saumons ?", "name_es": "Peces"}
    assert told(change(eve, world.fish, **typed, correction=NOTE)) == []
    world.fish.refresh_from_db()
    assert world.fish.translations == typed
    assert fields_of(eve, address(Issue, world.fish))["name_es"] == "Peces"
    assert told(change(eve, world.fish, name_es="  ", correction=NOTE)) == []
    world.fish.refresh_from_db()
    assert world.fish.translations == {"question_fr": typed["question_fr"]}


def test_a_translation_is_no_longer_than_its_original_may_be(eve: Client, world: Any) -> None:
    (error,) = told(change(eve, world.fish, name_fr="p" * 81, correction=NOTE))
    assert "at most 80 characters" in error


def test_readers_are_told_of_a_changed_translation(eve: Client, world: Any) -> None:
    assert any(
        "Readers have seen this" in one for one in told(change(eve, world.fish, name_fr="P"))
    )
    assert told(change(eve, world.fish, name_fr="Poissons", correction=NOTE)) == []
    page = Client().get("/corrections/").content.decode()
    assert "Name in French" in page
    assert "Poissons" in page
    history = eve.get(address(Issue, "history", world.fish)).content.decode()
    assert "Name in French" in history


def test_two_translators_lose_nothing(eve: Client, world: Any) -> None:
    """One translates into French, the other into Spanish, from the same page."""
    theirs = fields_of(eve, address(Issue, world.fish))
    assert told(change(eve, world.fish, name_fr="Poissons", correction=NOTE)) == []
    own = theirs | {"name_es": "Peces", "correction": NOTE}
    answer = eve.post(address(Issue, world.fish), own)
    assert any("Somebody changed this" in words for words in told(answer))
    assert "Poissons" in answer.content.decode()
    assert eve.post(address(Issue, world.fish), fields_in(answer)).status_code == 302
    world.fish.refresh_from_db()
    assert world.fish.translations == {"name_fr": "Poissons", "name_es": "Peces"}


def test_whoever_may_not_change_a_record_sees_no_empty_inputs(world: Any) -> None:
    page = desk_of(create_contributor()).get(address(Issue, world.fish)).content.decode()
    assert "name_fr" not in page


def test_a_list_shows_what_lacks_a_translation(eve: Client, world: Any) -> None:
    whole = create_party(code="whole", translations={"name_fr": "Tout", "adjective_fr": "tout"})
    create_party(code="half", translations={"name_fr": "Moitié"})
    page = eve.get(address(Party) + "?lacking=fr")
    lacking = set(page.context["cl"].queryset.values_list("code", flat=True))
    assert "half" in lacking
    assert whole.code not in lacking
    assert "not all in French" in page.content.decode()
    everything = eve.get(address(Party) + "?lacking=es").context["cl"].queryset
    assert everything.filter(code="whole").exists()


def test_a_text_that_is_not_there_needs_no_translation(world: Any) -> None:
    person = Person.objects.get(slug="ada-alder")
    person.translations = {"role_fr": "Ministre"}
    person.save()
    assert person not in Person.objects.filter(Person.lacks_translation("fr"))
    assert person in Person.objects.filter(Person.lacks_translation("es"))


@pytest.mark.slow
def test_a_spreadsheet_carries_translations_there_and_back(eve: Client, world: Any) -> None:
    rows = [row for row in table(eve, Issue) if row["slug"] == "fish"]
    assert list(rows[0])[:5] == ["slug", "name", "name_fr", "name_es", "keywords"]
    rows[0] |= {"name_fr": "Poissons", "background_es": "=SUM(1)"}
    page = upload(eve, Issue, csv_file(rows))
    ((_row, column, reason),) = refusals(page)
    assert column == "background_es"
    assert "no formula" in reason
    rows[0] |= {"background_es": ""}
    load(eve, Issue, csv_file(rows), correction=NOTE)
    world.fish.refresh_from_db()
    assert world.fish.translations == {"name_fr": "Poissons"}
    load(eve, Issue, csv_file([{"slug": "fish", "name": "Fishes"}]), correction=NOTE)
    world.fish.refresh_from_db()
    assert world.fish.translations == {"name_fr": "Poissons"}, "an absent column says nothing"
    assert counts(upload(eve, Issue, csv_file([{"slug": "fish", "name_fr": ""}]))) == {"changed": 1}
