"""Letters to begin from come with the first petition, and fit every seat."""

import io
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from campaign.legislators.models import Seat
from campaign.letters import founding, placeholders, writing
from campaign.letters.models import LetterTemplate
from campaign.lib import text
from campaign.petitions import founding as petitions
from campaign.petitions.models import Petition
from campaign.supporters.models import Supporter
from tests import factories

SHIPPED = [content for folder in sorted(founding.SHIPPED.iterdir()) for content in founding.templates_of(folder)]


@pytest.fixture
def founded(db: None) -> Petition:
    """The first petition, without letters yet."""
    (folder,) = petitions.shipped()
    petitions.found_petition(folder)
    return Petition.objects.get()


def furnish() -> list[str]:
    """What the command printed."""
    out = io.StringIO()
    call_command("furnish", stdout=out)
    return out.getvalue().splitlines()


def test_two_tones_in_each_language_are_founded_in_their_order(founded):
    assert founding.found_letter_templates() == 4
    for language, tones in {
        "en": ["Security and business", "Civil liberties"],
        "es": ["Seguridad y empresas", "Libertades civiles"],
    }.items():
        assert [template.tone for template in writing.templates_for(founded, language)] == tones


def test_founding_twice_changes_nothing(founded):
    founding.found_letter_templates()
    before = list(LetterTemplate.objects.values())
    assert founding.found_letter_templates() == 0
    assert list(LetterTemplate.objects.values()) == before


def test_what_an_organizer_changed_or_retired_stays(founded):
    founding.found_letter_templates()
    LetterTemplate.objects.filter(language="en").update(subject="Ours")
    LetterTemplate.objects.update(retired_at=timezone.now())
    assert founding.found_letter_templates() == 0
    assert LetterTemplate.objects.count() == 4
    assert not LetterTemplate.objects.offered().exists()


def test_a_petition_with_letters_of_its_own_gets_none_of_ours(founded):
    factories.make_letter_template(founded, tone="Our own")
    assert founding.found_letter_templates() == 0


def test_without_the_shipped_petition_there_are_no_letters(db):
    factories.make_petition("un-cybercrime-convention")
    assert founding.found_letter_templates() == 0


def test_a_letter_with_an_unknown_placeholder_is_not_founded(founded, tmp_path, monkeypatch):
    folder = tmp_path / "un-cybercrime-convention"
    folder.mkdir()
    wrong = '[[letter]]\ntone = "Wrong"\nsubject = "Please"\nbody = "Dear {{senator.delete}}"\n'
    (folder / "en.toml").write_text(wrong)
    monkeypatch.setattr(founding, "SHIPPED", tmp_path)
    with pytest.raises(ValidationError):
        founding.found_letter_templates()
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize("content", SHIPPED, ids=lambda content: content["tone"])
def test_a_shipped_letter_keeps_the_limits_and_knows_its_placeholders(content):
    LetterTemplate(**content).clean_fields(exclude=["petition"])
    assert len(content["body"]) <= LetterTemplate._meta.get_field("body").max_length
    assert not placeholders.faults("subject", content["subject"])
    assert not placeholders.faults("body", content["body"])
    assert 150 <= len(content["body"].split()) <= 250
    assert not set("![]<>") & set(content["subject"] + content["body"])


@pytest.mark.parametrize("content", SHIPPED, ids=lambda content: content["tone"])
def test_a_shipped_letter_is_signed_with_name_state_and_zip(content):
    closing = content["body"].splitlines()[-2:]
    assert closing[0] == "{{given_name}} {{family_name}}"
    assert "{{state}}" in closing[1]
    assert "{{postal_code}}" in closing[1]


@pytest.mark.parametrize("content", SHIPPED, ids=lambda content: content["tone"])
def test_a_shipped_letter_fits_all_hundred_seats_without_gaps(content, founded):
    template = LetterTemplate(petition=founded, **content)
    ada = Supporter(given_name="Ada", family_name="Lopez", postal_code="97201")
    seats = list(Seat.objects.senate().with_holders())
    assert len(seats) == 100
    for seat in seats:
        draft = writing.draft(template, seat, ada)
        assert "{{" not in draft.subject + draft.body
        assert "  " not in draft.body
        assert seat.state_name in draft.body
        assert seat.holder is None or seat.holder.family_name in draft.body or seat.holder.official_name in draft.body
        assert writing.check(seat, draft.subject, draft.body) == (draft.subject, draft.body)
        assert isinstance(text.paragraphs("body", draft.body, writing.LONGEST_BODY, links=False), str)


@pytest.mark.parametrize("content", SHIPPED, ids=lambda content: content["tone"])
def test_a_shipped_letter_reads_well_for_a_vacant_seat(content, founded, monkeypatch):
    seat = Seat.objects.senate().with_holders().first()
    monkeypatch.setitem(seat.__dict__, "sitting", None)
    body = writing.draft(LetterTemplate(petition=founded, **content), seat, Supporter(given_name="Ada")).body
    assert body.startswith(("Dear Senator,", "A la atención de quien ocupe el escaño, Senado de los Estados Unidos:"))


def test_furnishing_says_in_a_line_each_what_it_did(db):
    assert furnish() == [
        "Epoch of the mail: put in.",
        "Places: there already.",
        "Districts: there already.",
        "Seats and senators: there already.",
        "Foreign Relations Committee: there already.",
        "Treaty un-cybercrime-convention: put in.",
        "Petition un-cybercrime-convention: put in.",
        "Letter templates: put in.",
    ]


def test_furnishing_again_is_quick_and_changes_nothing(db):
    furnish()
    before = list(Petition.objects.values()), list(LetterTemplate.objects.values())
    began = time.perf_counter()
    assert all(line.endswith(": there already.") for line in furnish())
    assert time.perf_counter() - began < 0.5
    assert (list(Petition.objects.values()), list(LetterTemplate.objects.values())) == before
