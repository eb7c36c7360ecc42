"""The demo's secrets: made once, kept where only their owner reads them."""

import base64
import json
import os
import secrets
from pathlib import Path


def kept_in(path: Path) -> dict[str, str]:
    """SECRET_KEY, SEALING_KEYS and MAILBOX_KEY: the same at every start, because rows are sealed with them."""
    if path.exists():
        return {str(name): str(value) for name, value in json.loads(path.read_text()).items()}
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SEALING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "MAILBOX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    write_private(path, json.dumps(made, indent=2) + "\n")
    return made


def write_private(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner only from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    half.replace(path)
