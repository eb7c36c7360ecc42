"""Code that makes a call, in curl, Python and JavaScript, ready to be copied. The key comes from the environment."""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from campaign.api.v1.examples import Example

KEY = "TWOTHIRDS_KEY"


@dataclass(frozen=True)
class Sample:
    """One language's code."""

    language: str
    title: str
    code: str


def samples_of(method: str, address: str, example: Example, *, needs_key: bool) -> tuple[Sample, ...]:
    """The call of the example, in all three."""
    for name, value in example.path.items():
        address = address.replace(f"{{{name}}}", value)
    query = f"?{urlencode(example.query)}" if example.query else ""
    url = f"{settings.SITE_URL}{address}{query}"
    return (
        Sample("curl", "curl", _curl(url, example.body, needs_key)),
        Sample("python", "Python", _python(method, url, example.body, needs_key)),
        Sample("javascript", "JavaScript", _javascript(method, url, example.body, needs_key)),
    )


def _as_json(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _curl(url: str, body: Any, needs_key: bool) -> str:
    if body is None:
        return f"curl {shlex.quote(url)}"
    key = f'  -H "Authorization: Bearer ${KEY}" \\\n' if needs_key else ""
    return (
        f"curl {shlex.quote(url)} \\\n{key}  -H 'Content-Type: application/json' \\\n  -d {shlex.quote(_as_json(body))}"
    )


def _python(method: str, url: str, body: Any, needs_key: bool) -> str:
    if body is None:
        return (
            "import json\nimport urllib.request\n\n"
            f'with urllib.request.urlopen("{url}") as answer:\n    print(json.load(answer))'
        )
    typed = _as_json(body).replace(": true", ": True")
    key = f'        "Authorization": f"Bearer {{os.environ[\'{KEY}\']}}",\n' if needs_key else ""
    return (
        f"import json\n{'import os' + chr(10) if needs_key else ''}import urllib.request\n\n"
        f"typed = {typed}\n"
        "request = urllib.request.Request(\n"
        f'    "{url}",\n'
        "    data=json.dumps(typed).encode(),\n"
        f"    headers={{\n{key}"
        '        "Content-Type": "application/json",\n'
        "    },\n"
        f'    method="{method}",\n'
        ")\n"
        "with urllib.request.urlopen(request) as answer:\n    print(answer.status, json.load(answer))"
    )


def _javascript(method: str, url: str, body: Any, needs_key: bool) -> str:
    if body is None:
        return f'const answer = await fetch("{url}");\nconsole.log(await answer.json());'
    key = f"    Authorization: `Bearer ${{process.env.{KEY}}}`,\n" if needs_key else ""
    warning = "// On your server: a key must never reach a browser.\n" if needs_key else ""
    return (
        f"{warning}"
        f'const answer = await fetch("{url}", {{\n'
        f'  method: "{method}",\n'
        f"  headers: {{\n{key}"
        '    "Content-Type": "application/json",\n'
        "  },\n"
        f"  body: JSON.stringify({_as_json(body)}),\n"
        "});\n"
        "console.log(answer.status, await answer.json());"
    )
