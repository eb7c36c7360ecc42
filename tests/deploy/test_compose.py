"""docker-compose.yml: its form, that its parts fit together, and that its processes are the demo's."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from campaign.celery import app as celery_app
from campaign.delivery.models import Queue
from embedded import commands

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("prepare", "web", "worker", "mailer", "beat")
SETTING = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    lines = (ROOT / "deploy" / "env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name: value.strip(chr(34)) for name, value in pairs}


def test_the_file_has_the_form_that_compose_reads(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, json.loads((Path(__file__).parent / "compose.schema.json").read_text()))


def test_the_schema_notices_a_wrong_word(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {**compose["services"], "web": {**compose["services"]["web"], "comand": ["x"]}}}
    schema = json.loads((Path(__file__).parent / "compose.schema.json").read_text())
    with pytest.raises(jsonschema.ValidationError, match="comand"):
        jsonschema.validate(wrong, schema)


def test_what_a_service_waits_for_exists_and_can_become_true(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, (name, other)
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other], (name, other)
            if how["condition"] == "service_completed_successfully":
                assert services[other]["restart"] == "no", (name, other)


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "healthcheck" not in service] == ["prepare"]


def test_every_volume_is_declared_and_every_file_is_there(compose: dict[str, Any]) -> None:
    mounts = [mount.split(":")[0] for service in compose["services"].values() for mount in service.get("volumes", [])]
    for source in mounts:
        if source.startswith("./"):
            assert (ROOT / source).exists(), source
        else:
            assert source in compose["volumes"], source
    assert set(compose["volumes"]) <= set(mounts)


def test_every_setting_it_asks_for_is_in_the_example_or_has_a_default(
    compose: dict[str, Any], example: dict[str, str]
) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in re.findall(r"\$\{([A-Z_]+):\?", text):
        assert name in example
    assert {"SECRET_KEY", "SEALING_KEYS", "MAILBOX_KEY", "EMAIL_URL", "SITE_URL", "ALLOWED_HOSTS"} <= set(example)


def test_the_house_runs_without_rights_it_does_not_need(compose: dict[str, Any]) -> None:
    for name in HOUSE:
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert "USER house" in (ROOT / "Dockerfile").read_text()


def test_only_nginx_and_the_mail_catcher_of_this_machine_can_be_reached(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert set(ports) == {"nginx", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in ports["mail"])


def test_web_workers_and_beat_are_started_as_in_the_demo(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["web"]["command"] == ["granian", *commands.web("0.0.0.0", 8000)[3:]]
    assert services["worker"]["command"] == ["celery", *commands.worker()[3:]]
    assert services["mailer"]["command"] == ["celery", *commands.mailer()[3:]]
    assert services["beat"]["command"] == ["celery", *commands.beat()[3:]]


@pytest.mark.parametrize("name", ["worker", "mailer"])
def test_a_stop_gives_a_worker_the_time_it_needs(compose: dict[str, Any], name: str) -> None:
    assert compose["services"][name]["stop_grace_period"] == "30s"
    assert settings.CELERY_STOP_PATIENCE + settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT <= 25


def test_every_queue_is_served_and_mailings_by_nobody_for_whom_somebody_waits(compose: dict[str, Any]) -> None:
    served = {
        name: next(word for word in compose["services"][name]["command"] if word.startswith("--queues="))
        for name in ("worker", "mailer")
    }
    assert served == {"worker": "--queues=celery,confirm,letters", "mailer": "--queues=errands,mailings"}
    everywhere = {queue for words in served.values() for queue in words.removeprefix("--queues=").split(",")}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert everywhere == {*Queue.values, *routed, celery_app.conf.task_default_queue}


@pytest.mark.parametrize("name", ["worker", "mailer"])
def test_a_worker_is_asked_for_its_health_by_its_own_name(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert f"--hostname={name}@%h" in service["command"]
    assert f"--destination {name}@$$HOSTNAME" in service["healthcheck"]["test"][1]


def test_what_takes_long_never_stands_before_what_somebody_waits_for() -> None:
    route = celery_app.amqp.router.route
    quick = {"delivery.sweep", "delivery.watch", "petitions.count"}
    beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {task for task in beat if route({}, task)["queue"].name == "celery"} == quick
    assert route({}, "petitions.export")["queue"].name == "errands"


def test_nginx_believes_no_address_that_a_client_brings() -> None:
    conf = (ROOT / "deploy" / "nginx.conf").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "$proxy_add_x_forwarded_for" not in conf


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    conf = tmp_path / "nginx.conf"
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    conf.write_text(text.replace("/tmp/", f"{tmp_path}/"))
    answer = subprocess.run([nginx, "-t", "-c", str(conf)], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_the_image_gets_what_runs_and_neither_secrets_nor_data() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert let_in == {"requirements.txt", "manage.py", "campaign", "locale", "static", "templates"}
