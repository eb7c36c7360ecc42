"""What stands in the log when something breaks: where and why, and no link that is a key."""

import io
import logging
import logging.config

import pytest
from django.conf import settings


@pytest.fixture
def lines(monkeypatch) -> io.StringIO:
    """What the house's own formatter writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    formatter = dict(settings.LOGGING["formatters"]["lines"])
    made = formatter.pop("()")
    handler.setFormatter(made(**formatter))
    logger = logging.getLogger("a.test.of.logs")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    return written


@pytest.mark.parametrize("page", ["my", "confirm", "not-me", "unsubscribe"])
def test_a_failed_request_is_logged_with_its_traceback_and_without_its_token(lines, page):
    path = f"/{page}/S3cretS3cretS3cret/petitions/x/"
    try:
        raise RuntimeError("/es" + path)
    except RuntimeError:
        logging.getLogger("a.test.of.logs").exception("Internal Server Error: %s", path)
    assert f"Internal Server Error: /{page}/.../petitions/x/" in lines.getvalue()
    assert f"RuntimeError: /es/{page}/.../petitions/x/" in lines.getvalue()
    assert "S3cret" not in lines.getvalue()
    assert "Traceback (most recent call last)" in lines.getvalue()
