"""docs/api.md and the page's code are copied and pasted against a running house."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from campaign.api.v1 import docs, examples
from campaign.petitions.models import Signature
from campaign.treaties import founding
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "api.md").read_text()
BLOCKS = re.findall(r"^```(sh|python|javascript)\n(.+?)^```", GUIDE, re.MULTILINE | re.DOTALL)
RUNNERS = {"sh": ["sh", "-e"], "curl": ["sh", "-e"], "python": ["python3"], "javascript": ["node", "-"]}
_SAID = {
    "list_legislators": "M001176",
    "read_legislator": "Merkley",
    "look_up_legislators": "as_of",
    "look_up_address": "address_needed",
    "list_petitions": examples.PETITION,
    "read_petition": examples.PETITION,
    "record_sign_up": examples.PETITION,
    "list_treaties": "not_signed",
    "read_treaty": "not_signed",
    "list_positions": "unknown",
}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def paste(live_server, settings):
    """Runs a piece of code as a reader would, with address and key in the environment; what it printed."""
    settings.SITE_URL = live_server.url
    factories.make_petition(examples.PETITION)
    founding.found_treaty(founding.SHIPPED / examples.PETITION)
    key = factories.make_partner()[2]

    def run(language: str, code: str) -> str:
        runner = RUNNERS[language]
        if shutil.which(runner[0]) is None or (language == "curl" and shutil.which("curl") is None):
            pytest.skip(f"{runner[0]} is not here")
        env = {"PATH": os.environ["PATH"], "TWOTHIRDS_URL": live_server.url, "TWOTHIRDS_KEY": key}
        done = subprocess.run(runner, input=code, capture_output=True, text=True, env=env, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_guide_tells_where_the_demo_keeps_its_address_and_key():
    assert BLOCKS[0][0] == "sh"
    for name in ("url", "api_key", "var/demo.json"):
        assert name in BLOCKS[0][1]


def test_the_guide_works_by_copy_and_paste(paste):
    printed = [paste(language, code) for language, code in BLOCKS[1:]]
    assert len(printed) == 10
    assert json.loads(printed[0])["petitions"][0]["slug"] == examples.PETITION
    ids = {re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", text)[0] for text in printed[1:4]}
    assert len(ids) == 1
    assert all("received" in text for text in printed[1:4])
    assert json.loads(printed[4])["states"] == ["OR"]
    assert '"stage":"not_signed"' in printed[5]
    assert printed[5].count('"state":"OR"') == 2
    assert printed[6].startswith("off ['OR']")
    assert "senate Jeff Merkley\nsenate Ron Wyden\n" in printed[7]
    assert "M001176" in printed[8]
    assert re.fullmatch(r"34 of \d+ can stop it; 0 are undecided\n", printed[9])
    assert Signature.objects.count() == 1


def test_the_code_on_the_page_works_by_copy_and_paste(paste):
    for operation in docs.operations():
        printed = [paste(sample.language, sample.code) for sample in operation.samples]
        assert all(_SAID[operation.name] in text for text in printed), printed
    assert Signature.objects.count() == 1
