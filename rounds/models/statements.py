"""Statements: what was said, by whom, and how statements bear on each other."""

from collections.abc import Collection
from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rounds.models.base import (
    NaturalKeyQuerySet,
    fixed,
    in_choices,
    listed,
    new_key,
)
from rounds.models.claims import AttributedClaim, AttributedQuerySet, Basis
from rounds.models.meetings import Round
from rounds.models.publishable import State
from rounds.models.reference import Party, Person, parties_listed
from rounds.models.tracking import tracked
from rounds.models.translation import Translatable, translations_are_texts
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.platform.triggers import REFUSE, PublishedNeedsPublished, declare_refusal

QUOTATION_WORDS = 8  # a longer quotation may need the permission of whoever published it


declare_refusal(
    "unnamed_stays_unnamed",
    _("Whoever is unnamed has no name here: remove the speakers first."),
)
declare_refusal(
    "unnamed_has_no_name", _("Whoever is unnamed has no name here: remove the speakers.")
)


class StatementQuerySet(AttributedQuerySet):
    def at_round(self, slug: str) -> Self:
        return self.filter(round__slug=slug)

    def touching(self, issue: str) -> Self:
        return self.filter(issues__slug=issue)

    def said_by(self, person: str) -> Self:
        return self.filter(speakers__slug=person)

    def touching_none(self) -> Self:
        """Keep those linked to no issue."""
        return self.filter(issues__isnull=True)

    def with_names(self) -> Self:
        """Give each ``speaker_list`` and ``party_list``, in the same query."""
        return self.with_sources().annotate(
            speaker_list=listed(
                Person.objects.filter(statements=OuterRef("pk")).order_by("name"),
                slug="slug",
                name="name",
                role="role",
                organisation="organisation",
                translated=["role", "organisation"],
            ),
            party_list=parties_listed("statements"),
        )

    def with_links(self) -> Self:
        """Give each ``link_list``: its published links to others, in the same query."""
        links = StatementLink.objects.published().filter(statement=OuterRef("pk"))
        return self.annotate(
            link_list=listed(
                links.order_by("kind", "other"),
                kind="kind",
                statement="other__slug",
                note="note",
                translated=["note"],
            )
        )


@tracked()
class Statement(AttributedClaim):
    """Something said. A quotation stays in the language it was said in."""

    translated = ("summary", "attribution", "unnamed_why", "note")

    speaker_list: list[dict[str, Any]]  # of records read ``with_names()``

    slug = models.SlugField(_("key"), max_length=80, unique=True, default=new_key)
    summary = models.TextField(_("summary"), help_text=_("What was said, in our own words."))
    quotation = models.CharField(
        _("quotation"),
        max_length=160,
        blank=True,
        help_text=_("At most eight words, in the language they were said in, without marks."),
    )
    language = models.CharField(_("language of the quotation"), max_length=10, default="en")
    round = models.ForeignKey(
        Round,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("round"),
    )
    speakers = models.ManyToManyField(
        Person, blank=True, related_name="statements", verbose_name=_("speakers")
    )
    parties = models.ManyToManyField(
        Party, blank=True, related_name="statements", verbose_name=_("speaks for")
    )

    objects = StatementQuerySet.as_manager()

    class Meta(AttributedClaim.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ("-dates", "-id")
        constraints = [
            *AttributedClaim.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quotation="")
                | Q(quotation__regex=rf"^\S+(\s+\S+){{0,{QUOTATION_WORDS - 1}}}$"),
                name="rounds_statement_quotation_short",
                violation_error_message=_("A quotation has at most eight words."),
            ),
            models.CheckConstraint(
                condition=~Q(summary=""),
                name="rounds_statement_says_something",
                violation_error_message=_("Say what was said."),
            ),
        ]
        indexes = [
            *AttributedClaim.Meta.indexes,
            # to find the published ones among many
            models.Index(fields=["id"], condition=Q(state="published"), name="statement_shown"),
        ]
        triggers = [
            fixed("slug"),
            PublishedNeedsPublished(name="published_needs_published", fields=["round"]),
            pgtrigger.Trigger(
                name="unnamed_stays_unnamed",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("basis"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__basis=Basis.UNNAMED.value),
                func=f"""
                    PERFORM 1 FROM rounds_statement_speakers WHERE statement_id = NEW.id;
                    IF FOUND THEN {REFUSE} 'unnamed_stays_unnamed'; END IF;
                    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        summary = local(self, "summary")
        return summary if len(summary) <= 90 else f"{summary[:89]}…"

    def get_absolute_url(self) -> str:
        return page_of("statement_detail", self.slug)


class StatementSpeaker(Statement.speakers.through):  # type: ignore[name-defined]
    """The table behind ``Statement.speakers``, declared so that it can have a trigger."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Trigger(
                name="unnamed_has_no_name",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    PERFORM 1 FROM rounds_statement WHERE id = NEW.statement_id FOR SHARE;
                    PERFORM 1 FROM rounds_statement
                    WHERE id = NEW.statement_id AND basis = 'unnamed';
                    IF FOUND THEN {REFUSE} 'unnamed_has_no_name'; END IF;
                    RETURN NEW;""",
            )
        ]


def attribution_problem(basis: str, speakers: Collection[object]) -> str:
    """Return why ``basis`` does not go with the named speakers, "" where it does.

    A statement is stored before its speakers, so ``clean`` cannot check this: every form and import
    calls it.
    """
    if basis == Basis.UNNAMED and speakers:
        return gettext(
            "Whoever is unnamed has no name here: remove the speaker or change the basis."
        )
    if basis == Basis.ON_RECORD and not speakers:
        return gettext(
            "“On the record” needs a speaker with a name. Name the speaker, or choose “document”, "
            "“joint statement”, “unnamed” or “reporting” as the basis."
        )
    return ""


class StatementLinkQuerySet(NaturalKeyQuerySet):
    def published(self) -> Self:
        """Keep the links between two published statements."""
        return self.filter(statement__state=State.PUBLISHED, other__state=State.PUBLISHED)


class LinkKind(models.TextChoices):
    REPLIES = "replies-to", _("replies to")
    CONTRADICTS = "contradicts", _("contradicts")
    CORROBORATES = "corroborates", _("corroborates")


@tracked(part_of="statement")
class StatementLink(Translatable):
    """How one statement bears on another, as the newsroom reads them."""

    natural_key_paths = ("statement.slug", "kind", "other.slug")
    translated = ("note",)

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="links", verbose_name=_("statement")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind.choices)
    other = models.ForeignKey(
        Statement, models.CASCADE, related_name="linked_from", verbose_name=_("other statement")
    )
    note = models.CharField(_("public note"), max_length=250, blank=True)

    objects = StatementLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between statements")
        verbose_name_plural = _("links between statements")
        ordering = ("statement", "kind", "other")
        constraints = [
            in_choices("kind", LinkKind),
            translations_are_texts(),
            models.UniqueConstraint(
                fields=["statement", "kind", "other"],
                name="rounds_statementlink_once",
                violation_error_message=_("This link is there already."),
            ),
            models.CheckConstraint(
                condition=~Q(statement=F("other")),
                name="rounds_statementlink_not_itself",
                violation_error_message=_("A statement cannot be linked to itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.get_kind_display()} {self.other}"

    def clean(self) -> None:
        super().clean()
        if self.statement_id and self.statement_id == self.other_id:
            raise ValidationError({"other": _("A statement cannot be linked to itself.")})
