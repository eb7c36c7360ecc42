"""Olive asks for a file, watches it being written, and takes it away. It is hers alone."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from campaign.organizers.models import Organizer
from campaign.petitions import exporting
from campaign.petitions.models import Export
from tests import factories
from tests.dashboard.conftest import Story, at_desk


def address(name: str, *arguments: object) -> str:
    return reverse(f"dashboard:{name}", args=arguments)


def rows_of(client: Client, export: Export) -> list[dict[str, str]]:
    answer = client.get(address("export_download", export.pk))
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_before_a_file_is_written_olive_reads_of_how_many_people(desk: Client, story: Story):
    ask = address("ask_for_export", story.petition.slug)
    assert "the data of 3 people" in desk.get(ask).content.decode()
    assert "the data of 1 person" in desk.get(ask + "?status=confirmed").content.decode()
    assert not Export.objects.exists()


def test_olive_takes_away_what_she_asked_for(desk: Client, story: Story):
    answer = desk.post(address("ask_for_export", story.petition.slug) + "?status=confirmed")
    export = Export.objects.get()
    assert answer["Location"] == address("export", export.pk)
    assert export.filters == {"status": "confirmed"}
    page = desk.get(answer["Location"]).content.decode()
    assert "is being written" in page
    assert desk.get(address("export_progress", export.pk)).json() == {
        "written": 0,
        "expected": 1,
        "is_finished": False,
    }
    assert desk.get(address("export_download", export.pk)).status_code == 404
    exporting.write(export.pk)
    assert desk.get(address("export_progress", export.pk)).json()["is_finished"]
    assert "It holds 1 row." in desk.get(address("export", export.pk)).content.decode()
    (row,) = rows_of(desk, export)
    assert (row["given_name"], row["email"], row["comment"]) == ("Ada", "ada@example.org", "Please, for my children.")


def test_the_file_is_an_attachment_that_nobody_keeps(desk: Client, export: Export):
    exporting.write(export.pk)
    answer = desk.get(address("export_download", export.pk))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="withhold-consent-')
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_spreadsheet_runs_nothing_of_it(desk: Client, story: Story):
    comment = "=HYPERLINK(A1)"
    factories.sign_and_confirm(story.petition, factories.signer(7, given_name="-Eve", comment=comment))
    desk.post(address("ask_for_export", story.petition.slug))
    export = Export.objects.get()
    exporting.write(export.pk)
    eve = next(row for row in rows_of(desk, export) if row["email"] == "signer7@example.org")
    assert (eve["given_name"], eve["comment"]) == ("'-Eve", f"'{comment}")


def test_to_everybody_else_the_file_does_not_exist(export: Export, db):
    exporting.write(export.pk)
    colleague = at_desk(factories.make_organizer("oscar@example.org"))
    for name in ("export", "export_progress", "export_download"):
        assert colleague.get(address(name, export.pk)).status_code == 404


def test_an_organizer_who_became_a_viewer_loses_the_file(desk: Client, export: Export, olive: Organizer):
    exporting.write(export.pk)
    Organizer.objects.filter(pk=olive.pk).update(role="viewer")
    assert desk.get(address("export_download", export.pk)).status_code == 403


@pytest.mark.parametrize("query", ["status=nonsense", "state=XX"])
def test_filters_that_mean_nothing_don_t_make_a_file_of_everybody(desk: Client, story: Story, query: str):
    ask = address("ask_for_export", story.petition.slug)
    assert desk.get(f"{ask}?{query}").status_code == 404
    assert desk.post(f"{ask}?{query}").status_code == 404
    assert not Export.objects.exists()
