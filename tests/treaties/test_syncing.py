"""What Congress says becomes a stage only in words that we know; the key stays between Congress and us."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from campaign.legislators.importing import ImportRefused
from campaign.legislators.models import DataImport, Subject
from campaign.treaties import answers, founding, milestones, numbering, staging, syncing, tasks
from campaign.treaties.answers import Action, Record
from campaign.treaties.models import Stage, StageChange, Treaty
from campaign.treaties.staging import Change
from tests.treaties.conftest import in_the_turn_of_another

KEY = "a-key-that-nobody-else-may-see"
TITLE = "United Nations Convention against Cybercrime; Strengthening International Cooperation"
REFERRED = (
    "Received in the Senate and referred to the Committee on Foreign Relations by unanimous consent removing the"
    " injunction of secrecy."
)
PRESENTED = (
    "Treaty moved through its parliamentary stages up to and including presentation of the resolution of advice and"
    " consent to ratification."
)
AGREED = (
    "Resolution of advice and consent to ratification agreed to as amended in Senate by Yea-Nay Vote. 95 - 1."
    " Record Vote Number: 282."
)


def treaty_answer(congress: int = 119, number: int = 4, title: str = TITLE, **changes: Any) -> dict[str, Any]:
    """As /treaty/{congress}/{number} answers."""
    treaty = {
        "actions": {"count": 1, "url": "https://elsewhere.example/actions"},
        "congressReceived": congress,
        "congressConsidered": None,
        "number": number,
        "parts": {},
        "suffix": "",
        "titles": [{"title": title, "titleType": "Treaty - Formal Title"}],
        "topic": "International Law and Organization",
        "transmittedDate": "2026-03-02T00:00:00Z",
    }
    return {"request": {"format": "json"}, "treaty": treaty | changes}


def actions_answer(*actions: tuple[str, str], **more: Any) -> dict[str, Any]:
    """As /treaty/{congress}/{number}/actions answers: the newest first."""
    rows = [{"actionDate": day, "text": text, "type": "Floor", "committee": None} for day, text in actions]
    return {"actions": rows, "pagination": {"count": len(rows)}} | more


@dataclass
class Congress:
    """A web server on this machine that stands for api.congress.gov."""

    url: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)
    leads_to: str = ""

    def has(self, congress: int, number: int, *actions: tuple[str, str], **changes: Any) -> None:
        self.pages[f"/treaty/{congress}/{number}"] = treaty_answer(congress, number, **changes)
        self.pages[f"/treaty/{congress}/{number}/actions"] = actions_answer(*actions)

    def lists(self, congress: int, *numbers: int) -> None:
        records = [
            {"congressReceived": congress, "number": each, "suffix": "", "topic": "Taxation"} for each in numbers
        ]
        self.pages[f"/treaty/{congress}"] = {"treaties": records, "pagination": {"count": len(records)}}


@pytest.fixture
def congress(settings: Any) -> Iterator[Congress]:
    """Answers with what the test puts into it, and 404 with JSON to all else."""
    state = Congress()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _mark, query = self.path.partition("?")
            state.asked.append(path)
            state.keys.add(self.headers["X-Api-Key"])
            if state.leads_to:
                self.send_response(302)
                self.send_header("Location", state.leads_to + path)
                self.end_headers()
                return
            page = state.pages.get(path)
            assert "format=json" in query
            body = page if isinstance(page, bytes) else json.dumps(page or {"error": "No Treaty matches."}).encode()
            self.send_response(200 if page is not None else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    settings.CONGRESS_API_URL, settings.CONGRESS_API_KEY = state.url, KEY
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def convention(db: None) -> Treaty:
    """The treaty that ships, not received yet."""
    founding.found_treaty(founding.SHIPPED / "un-cybercrime-convention")
    return Treaty.objects.get()


@pytest.fixture
def received(convention: Treaty, olive) -> Treaty:
    """The same after an organizer found its number."""
    numbering.number(convention, 119, 4, olive)
    return Treaty.objects.get()


def sync(*options: str) -> str:
    out = io.StringIO()
    call_command("sync_treaties", *options, stdout=out)
    return out.getvalue()


def stages() -> list[tuple[str, str]]:
    rows = StageChange.objects.standing().exclude(stage=Stage.NOT_SIGNED)
    return [(row.stage, f"{row.happened_on}") for row in rows]


def test_without_a_key_it_is_not_enabled_and_nobody_is_asked(convention, settings, caplog):
    settings.CONGRESS_API_KEY = ""
    with pytest.raises(CommandError, match=r"^Not enabled: set CONGRESS_API_KEY\.$"):
        sync()
    assert sync("--quiet") == ""
    with pytest.raises(syncing.NotEnabled):
        syncing.refresh()
    with capture_logs() as lines:
        tasks.sync()
    assert [(line["log_level"], line["because"]) for line in lines] == [("info", "CONGRESS_API_KEY is not set")]
    assert not DataImport.objects.filter(what=Subject.TREATIES).exists()


def test_what_congress_did_becomes_stages_with_its_words_and_source(received, congress):
    congress.has(
        119,
        4,
        ("2026-08-03", AGREED),
        ("2026-08-03", PRESENTED),
        ("2026-07-20", "Placed on Senate Executive Calendar. Calendar No. 5."),
        ("2026-07-15", "Committee on Foreign Relations. Hearings held."),
        ("2026-03-02", REFERRED),
    )
    said = sync("--url", congress.url)
    assert stages() == [
        ("transmitted", "2026-03-02"),
        ("in_committee", "2026-03-02"),
        ("on_the_calendar", "2026-07-20"),
        ("vote", "2026-08-03"),
        ("consented", "2026-08-03"),
    ]
    treaty = Treaty.objects.with_story().get()
    assert treaty.stage == Stage.CONSENTED
    change = treaty.stage_changes.get(stage=Stage.IN_COMMITTEE)
    assert change.source_url == "https://www.congress.gov/treaty-document/119th-congress/4"
    assert (change.note, change.entered_by) == (REFERRED, None)
    assert "~ un-cybercrime-convention: consented on 2026-08-03" in said
    assert "2026-07-15, not understood: Committee on Foreign Relations. Hearings held." in said
    assert congress.asked == ["/treaty/119/4", "/treaty/119/4/actions"], "we do not look for what was found"


def test_the_second_time_nothing_is_new(received, congress):
    congress.has(119, 4, ("2026-03-02", REFERRED))
    sync("--url", congress.url)
    before = list(StageChange.objects.values())
    assert "Nothing changed." in sync("--url", congress.url)
    assert list(StageChange.objects.values()) == before


def test_a_later_action_is_added(received, congress):
    congress.has(119, 4, ("2026-03-02", REFERRED))
    sync("--url", congress.url)
    congress.has(119, 4, ("2026-09-09", "Returned to the President by resolution."), ("2026-03-02", REFERRED))
    sync("--url", congress.url)
    assert Treaty.objects.with_story().get().stage == Stage.RETURNED


def test_the_key_is_sent_to_congress_and_kept_nowhere(received, congress, caplog):
    congress.has(119, 4, ("2026-03-02", REFERRED))
    with caplog.at_level(logging.DEBUG), capture_logs() as lines:
        said = sync("--url", congress.url)
    row = DataImport.objects.latest_applied(Subject.TREATIES)
    assert row
    assert congress.keys == {KEY}
    assert row.source == f"{congress.url}/treaty"
    assert row.checked_at
    kept = [said, caplog.text, str(lines), str(DataImport.objects.values()), str(StageChange.objects.values())]
    assert not any(KEY in text for text in kept)
    with pytest.raises(CommandError) as caught:
        sync("--url", f"{congress.url}/nothing")
    assert KEY not in str(caught.value)


def test_the_key_does_not_follow_where_an_answer_leads(received, congress):
    congress.has(119, 4)
    other = Congress(url=congress.url, pages=congress.pages)
    congress.leads_to = f"http://localhost:{other.url.rpartition(':')[2]}"
    congress.keys.clear()
    with pytest.raises(CommandError):
        sync("--url", congress.url)
    assert congress.keys == {KEY, None}


def test_a_dry_run_prints_and_writes_nothing(received, congress):
    congress.has(119, 4, ("2026-03-02", REFERRED))
    said = sync("--url", congress.url, "--dry-run")
    assert "~ un-cybercrime-convention: in_committee on 2026-03-02" in said
    assert stages() == []
    assert not DataImport.objects.filter(what=Subject.TREATIES).exists()


def test_a_treaty_without_a_number_gets_candidates_and_no_link(convention, congress):
    congress.lists(119, 1, 4)
    congress.has(119, 1, title="The Tax Convention with Croatia", topic="Taxation")
    congress.has(119, 4, ("2026-03-02", REFERRED))
    said = sync("--url", congress.url)
    assert "candidate Treaty Document 119-4" in said
    assert "119-1" not in said
    convention.refresh_from_db()
    assert (convention.number, stages()) == (None, [])
    row = DataImport.objects.latest_applied(Subject.TREATIES)
    assert row
    assert len(row.difference["notes"]) == 1
    assert "(cybercrime)" in row.difference["notes"][0]
    (candidate,) = syncing.candidates_for("un-cybercrime-convention")
    assert candidate.startswith("Treaty Document 119-4, “United Nations Convention against Cybercrime")
    assert syncing.candidates_for("cybercrime-convention") == ()


def test_a_congress_without_treaties_is_no_trouble(convention, congress):
    congress.lists(119)
    assert "Nothing changed." in sync("--url", congress.url)


def test_a_stage_that_an_organizer_retracted_is_not_entered_again(received, congress, olive):
    congress.has(119, 4, ("2026-03-02", REFERRED))
    sync("--url", congress.url)
    staging.retract(StageChange.objects.get(stage=Stage.IN_COMMITTEE), olive)
    assert "in_committee on 2026-03-02 was retracted" in sync("--url", congress.url)
    assert stages() == [("transmitted", "2026-03-02")]


def test_what_an_organizer_entered_stays_and_what_congress_does_not_say_is_told(received, congress, olive):
    source = "https://example.org/news"
    staging.enter(received, Change(Stage.IN_COMMITTEE, date(2026, 3, 2), source), olive)
    staging.enter(received, Change(Stage.CONSENTED, date(2026, 6, 1), source), olive)
    congress.has(119, 4, ("2026-03-02", REFERRED))
    said = sync("--url", congress.url)
    assert "! un-cybercrime-convention: we have consented on 2026-06-01, Congress does not." in said
    assert "transmitted on 2026-03-02" in said
    assert StageChange.objects.get(stage=Stage.IN_COMMITTEE).source_url == source
    assert Treaty.objects.with_story().get().stage == Stage.CONSENTED


@pytest.mark.django_db(transaction=True)
def test_a_sync_waits_for_an_organizer_who_enters_the_same_stage_and_then_sees_it(received, olive, tmp_path: Path):
    path = tmp_path / "answers.json"
    path.write_text(json.dumps([treaty_answer(transmittedDate=""), actions_answer(("2026-03-02", REFERRED))]))
    entered = Change(Stage.IN_COMMITTEE, date(2026, 3, 2), "https://example.org/news")
    said = in_the_turn_of_another(
        received, lambda: staging.enter(received, entered, olive), lambda: sync("--file", str(path))
    )
    assert "Nothing changed." in str(said)
    assert "in_committee" not in str(said), "what stands already is not told"
    assert StageChange.objects.get(stage=Stage.IN_COMMITTEE).source_url == entered.source_url


def test_what_congress_enters_is_logged_once_it_stands(received, congress, django_capture_on_commit_callbacks):
    congress.has(119, 4, ("2026-03-02", REFERRED), transmittedDate="")
    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        sync("--url", congress.url)
    told = [(line["stage"], line["organizer"]) for line in lines if line["event"] == "stage entered"]
    assert told == [("in_committee", None)]


def test_words_of_congress_that_cannot_be_kept_are_told_and_stop_nothing(received, congress):
    congress.has(119, 4, ("2026-03-02", f"{REFERRED} \ufffd"))
    said = sync("--url", congress.url)
    assert "in_committee on 2026-03-02 is not entered: note hidden_characters." in said
    assert stages() == [("transmitted", "2026-03-02")]


def test_a_document_that_is_called_otherwise_is_a_wrong_number_and_gives_no_stage(received, congress):
    congress.has(119, 4, ("2026-03-02", REFERRED), title="The Tax Convention with Croatia")
    said = sync("--url", congress.url)
    assert "Is the number right? No stage was taken from it." in said
    assert stages() == []
    assert "in_committee on 2026-03-02" in sync("--url", congress.url, "--force")
    assert stages() == [("transmitted", "2026-03-02"), ("in_committee", "2026-03-02")]


def test_parts_are_told(received, congress):
    congress.has(119, 4, ("2026-03-02", REFERRED), parts={"count": 2, "urls": ["https://elsewhere.example/A"]})
    assert "Treaty Document 119-4 was divided" in sync("--url", congress.url)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        (REFERRED, Stage.IN_COMMITTEE),
        ("Referred to the Committee on Foreign Relations.", Stage.IN_COMMITTEE),
        ("Automatically rereferred to the Committee on Foreign Relations under Rule XXX.", Stage.IN_COMMITTEE),
        ("Placed on Senate Executive Calendar. Calendar No. 5. Subject: none.", Stage.ON_THE_CALENDAR),
        (PRESENTED, Stage.VOTE),
        (AGREED, Stage.CONSENTED),
        ("Resolution of advice and consent to ratification agreed to in Senate by Division Vote.", Stage.CONSENTED),
        ("Returned to the President.", Stage.RETURNED),
        ("Withdrawn by the President.", Stage.WITHDRAWN),
        ("Resolution of advice and consent to ratification not agreed to in Senate by Yea-Nay Vote. 61 - 38.", None),
        ("Resolution of advice and consent to ratification rejected in Senate.", None),
        ("Motion to proceed: Placed on Senate Executive Calendar.", None),
        ("Resolution to return the treaty to the President considered by Senate.", None),
        ("Ordered to be reported. Placed on Senate Legislative Calendar.", None),
        ("Referred to the Committee on Armed Services.", None),
        ("Reported by Senator Risch, Committee on Foreign Relations, with a resolution of advice and consent.", None),
        ("", None),
    ],
)
def test_only_words_that_we_know_are_a_stage(text, stage):
    reached, unknown = milestones.reached(Record(119, 4, actions=(Action(date(2026, 3, 2), text),)))
    assert [each.stage for each in reached] == ([stage] if stage else [])
    assert bool(unknown) is (stage is None)


BAD = [
    (b"", "not JSON"),
    (b'{"treaty": {"number": 4', "not JSON"),
    (b"<!doctype html><title>Maintenance</title>", "not JSON"),
    (b"\xff\xfe\x00", "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b"[1]", "is an object"),
    (b'{"error": "API_KEY_INVALID"}', "API_KEY_INVALID"),
    (b'{"bills": []}', "about no treaty"),
    (b'{"treaty": []}', "names no treaty"),
    (b'{"treaty": "4"}', "is an object"),
    (b'{"treaty": {"congressReceived": 119}}', "no \u201cnumber\u201d"),
    (b'{"treaty": {"congressReceived": "119", "number": true}}', "no \u201ccongressReceived\u201d"),
    (json.dumps(treaty_answer(transmittedDate="2099-01-01")).encode(), "no day"),
    (json.dumps(treaty_answer(transmittedDate=["2026"])).encode(), "no day"),
    (b'{"treaties": {}}', "is a list"),
    (b'{"actions": []}', "of which treaty"),
    (json.dumps(treaty_answer() | {"actions": [{"text": "x"}]}).encode(), "no day"),
    (json.dumps(treaty_answer() | {"actions": [{"actionDate": "2026-03-02"}]}).encode(), "has a text"),
    (json.dumps(treaty_answer() | actions_answer(pagination={"count": 300})).encode(), "Of 300 actions only 0"),
]


@pytest.mark.parametrize(("body", "fault"), BAD)
def test_a_bad_file_changes_nothing_and_says_what_was_wrong(received, tmp_path: Path, body, fault):
    path = tmp_path / "answer.json"
    path.write_bytes(body)
    with pytest.raises(CommandError, match=fault):
        sync("--file", str(path))
    assert stages() == []
    assert DataImport.objects.applied().filter(what=Subject.TREATIES).count() == 0
    assert fault in DataImport.objects.get(what=Subject.TREATIES).refused_because


@pytest.mark.parametrize("body", [b"", b"<!doctype html>", b'{"error": "busy"}', b"[" * 100_000])
def test_a_bad_answer_of_the_service_changes_nothing_at_all(received, congress, body):
    congress.has(119, 4, ("2026-03-02", REFERRED))
    congress.pages["/treaty/119/4/actions"] = body
    with pytest.raises(ImportRefused, match="treaty/119/4/actions: "):
        syncing.refresh(congress.url)
    assert stages() == []
    assert DataImport.objects.get(what=Subject.TREATIES).refused_because


def test_a_treaty_that_congress_does_not_know_is_refused_and_noted(received, congress):
    with pytest.raises(CommandError, match="404"):
        sync("--url", congress.url)
    assert "404" in DataImport.objects.get(what=Subject.TREATIES).refused_because


def test_congress_that_cannot_be_reached_is_noted(received, congress):
    url = "http://127.0.0.1:1"
    with pytest.raises(CommandError, match="could not be reached"):
        sync("--url", url)
    assert stages() == []
    row = DataImport.objects.get(what=Subject.TREATIES)
    assert row.refused_because.startswith(f"{url}/treaty/119/4")
    assert row.finished_at is None


def test_a_stored_answer_is_read_without_a_key(received, settings, tmp_path: Path):
    settings.CONGRESS_API_KEY = ""
    path = tmp_path / "answers.json"
    path.write_text(json.dumps([treaty_answer(), actions_answer(("2026-03-02", REFERRED))]))
    assert "in_committee on 2026-03-02" in sync("--file", str(path), "--as-of", "2026-03-03")
    assert stages() == [("transmitted", "2026-03-02"), ("in_committee", "2026-03-02")]
    row = DataImport.objects.latest_applied(Subject.TREATIES)
    assert row
    assert (row.source, f"{row.as_of}") == ("answers.json", "2026-03-03")
    path.write_text(json.dumps(treaty_answer(number=7)))
    assert "Treaty Document 119-4 is not among the answers." in sync("--file", str(path))


def test_an_answer_that_is_a_list_of_the_treaty_and_its_parts_is_understood():
    whole, part = treaty_answer()["treaty"], treaty_answer(suffix="A")["treaty"]
    found = answers.read(json.dumps({"treaty": [part, whole]}).encode())
    assert (found.treaties[0].suffix, found.treaties[0].has_parts) == ("", True)
    assert found.of(119, 4) == found.treaties[0]


@pytest.mark.parametrize(
    ("number", "place"),
    [(119, "119th"), (121, "121st"), (122, "122nd"), (103, "103rd"), (111, "111th"), (112, "112th")],
)
def test_a_record_has_its_public_page(number, place):
    assert Record(number, 4).url == f"https://www.congress.gov/treaty-document/{place}-congress/4"


def test_the_clock_asks_once_a_week_and_bears_what_fails(received, congress):
    with capture_logs() as lines:
        tasks.sync()
    assert [(line["log_level"], line["event"]) for line in lines] == [("warning", "not_synced")]
    congress.has(119, 4, ("2026-03-02", REFERRED))
    tasks.sync()
    assert stages() == [("transmitted", "2026-03-02"), ("in_committee", "2026-03-02")]
    congress.asked.clear()
    tasks.sync()
    assert congress.asked == []
    assert configured.CELERY_BEAT_SCHEDULE["treaties.sync"]["task"] == tasks.sync.name
