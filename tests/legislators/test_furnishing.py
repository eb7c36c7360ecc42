"""The first start fills the tables; every further start looks once and leaves them alone."""

from collections import Counter

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from campaign.legislators import furnishing, importing, terms
from campaign.legislators.models import DataImport, Legislator, Office, PostalCode, Seat, Subject, Term
from campaign.legislators.sources import FACTS_OF_CONGRESS
from campaign.lib import usps
from tests.legislators.conftest import FACT_FILES, facts_of_congress

pytestmark = pytest.mark.usefixtures("furnished")


def test_every_state_has_two_seats_of_different_classes_with_somebody_in_them() -> None:
    senate = Seat.objects.senate()
    assert senate.filled().count() == 100
    assert Counter(senate.values_list("state", flat=True)) == dict.fromkeys(usps.STATES, 2)
    assert Counter(senate.values_list("senate_class", flat=True)) == {1: 33, 2: 33, 3: 34}


def test_the_house_has_its_441_seats_of_which_four_are_vacant() -> None:
    house = Seat.objects.house()
    assert (house.count(), house.filled().count()) == (441, 437)
    assert house.filter(state__in=usps.STATES).count() == 435
    assert [seat.district_code for seat in house.vacant()] == ["CA-14", "FL-20", "GA-13", "TX-23"]
    titles = {seat.state: seat.title for seat in house.filter(district=0)}
    assert (titles["WY"], titles["DC"], titles["PR"]) == ("Representative", "Delegate", "Resident Commissioner")


def test_our_facts_are_of_the_congress_that_sits() -> None:
    ours = DataImport.objects.applied().get(what=Subject.DISTRICTS).congress
    sitting = terms.congress_on(timezone.now().date())
    assert ours == sitting, "Many stories fail from 3 January on: CONTRIBUTING.md says how to renew our facts."


def test_our_facts_contradict_nothing_and_say_as_of_when_they_are() -> None:
    assert facts_of_congress().faults() == []
    assert DataImport.objects.as_of(Subject.LEGISLATORS) == facts_of_congress().as_of
    appointed = Term.objects.open().filter(appointed=True).values_list("legislator__family_name", flat=True)
    assert sorted(appointed) == ["Armstrong", "Husted", "Moody"]


def test_every_office_has_a_telephone_an_address_and_a_place_to_write_to() -> None:
    offices = Office.objects.select_related("legislator")
    assert len(offices) == 537
    lacking = [office for office in offices if not (office.phone and office.address and office.form_or_website)]
    # Sworn in five days before our facts.
    assert [office.legislator.bioguide_id for office in lacking] == ["G000607"]


def test_the_zips_cover_states_territories_and_the_forces() -> None:
    found = {state for states in PostalCode.objects.values_list("states", flat=True) for state in states}
    assert found == set(usps.NAMES)
    assert PostalCode.objects.get(zip="57717").states == ["SD", "MT", "WY"]
    assert not PostalCode.objects.filter(zip__in=["00000", "11111", "99999"]).exists()


def test_a_further_start_costs_one_query_each(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert furnishing.furnish_places() is False
    with django_assert_num_queries(1):
        assert furnishing.furnish_seats() is False


def test_new_facts_of_places_replace_the_old_ones() -> None:
    DataImport.objects.filter(what=Subject.PLACES).update(sha256="an older package")
    PostalCode.objects.filter(zip="57717").update(states=["SD"])
    PostalCode.objects.create(zip="00000", states=["OR"])
    PostalCode.objects.filter(zip="97201").delete()
    assert furnishing.furnish_places() is True
    assert PostalCode.objects.get(zip="57717").states == ["SD", "MT", "WY"]
    assert PostalCode.objects.get(zip="97201").states == ["OR"]
    assert not PostalCode.objects.filter(zip="00000").exists()


def test_our_facts_never_undo_a_newer_import() -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(
        source="https://example.org", sha256="", as_of="2026-12-01"
    )
    Term.objects.open().filter(legislator__bioguide_id="H001104").update(closed_on="2026-11-20")
    assert furnishing.furnish_seats() is False
    assert [str(seat) for seat in Seat.objects.senate().vacant()] == ["senate OH 3"]


def test_newer_facts_of_ours_correct_an_older_import() -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(
        source="https://example.org", sha256="", as_of="2026-01-01"
    )
    Legislator.objects.filter(bioguide_id="M001176").update(party="Unknown")
    assert furnishing.furnish_seats() is True
    assert Legislator.objects.get(bioguide_id="M001176").party == "Democrat"


def test_in_the_demo_every_office_has_a_labelled_sandbox_address(settings: Settings) -> None:
    settings.SANDBOX_OFFICES = True
    assert furnishing.furnish_seats() is True
    assert furnishing.furnish_seats() is False
    offices = Office.objects.exclude(email=None)
    assert set(offices) == set(Office.objects.of_senators())
    assert len(offices) == 100
    assert all(office.is_sandbox and str(office.email).endswith("@sandbox.example") for office in offices)


def test_facts_that_changed_with_a_new_version_are_taken_in_although_as_old() -> None:
    DataImport.objects.filter(what=Subject.LEGISLATORS).update(
        source="facts/senators.tsv", sha256="of the last version"
    )
    Legislator.objects.filter(bioguide_id="M001176").update(party="Unknown")
    assert furnishing.furnish_seats() is True
    assert furnishing.furnish_seats() is False


def test_the_same_facts_taken_in_twice_change_nothing() -> None:
    text = "".join((furnishing.FACTS / name).read_text() for name in FACT_FILES)
    arrival = importing.Arrival(text.encode(), facts_of_congress().as_of, "facts")
    assert not importing.bring_in(FACTS_OF_CONGRESS, arrival).difference
    assert Legislator.objects.count() == Term.objects.count() == 537
