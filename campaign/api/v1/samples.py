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


def samples_of(method: str, address: str, example: Example) -> tuple[Sample, ...]:
    """The call of the example, in all three."""
    for name, value in example.path.items():
        address = address.replace(f"{{{name}}}", value)
    query = f"?{urlencode(example.query)}" if example.query else ""
    url = f"{settings.SITE_URL}{address}{query}"
    return (
        Sample("curl", "curl", _curl(url, example.body)),
        Sample("python", "Python", _python(method, url, example.body)),
        Sample("javascript", "JavaScript", _javascript(method, url, example.body)),
    )


def _as_json(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _curl(url: str, body: Any) -> str:
    if body is None:
        return f"curl {shlex.quote(url)}"
    return (
        f"curl {shlex.quote(url)} \\\n"
        f'  -H "Authorization: Bearer ${KEY}" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {shlex.quote(_as_json(body))}"
    )


def _python(method: str, url: str, body: Any) -> str:
    if body is None:
        return (
            "import json\nimport urllib.request\n\n"
            f'with urllib.request.urlopen("{url}") as answer:\n    print(json.load(answer))'
        )
    sign_up = _as_json(body).replace(": true", ": True")
    return (
        "import json\nimport os\nimport urllib.request\n\n"
        f"sign_up = {sign_up}\n"
        "request = urllib.request.Request(\n"
        f'    "{url}",\n'
        "    data=json.dumps(sign_up).encode(),\n"
        "    headers={\n"
        f'        "Authorization": f"Bearer {{os.environ[\'{KEY}\']}}",\n'
        '        "Content-Type": "application/json",\n'
        "    },\n"
        f'    method="{method}",\n'
        ")\n"
        "with urllib.request.urlopen(request) as answer:\n    print(answer.status, json.load(answer))"
    )


def _javascript(method: str, url: str, body: Any) -> str:
    if body is None:
        return f'const answer = await fetch("{url}");\nconsole.log(await answer.json());'
    return (
        "// On your server: a key must never reach a browser.\n"
        f'const answer = await fetch("{url}", {{\n'
        f'  method: "{method}",\n'
        "  headers: {\n"
        f"    Authorization: `Bearer ${{process.env.{KEY}}}`,\n"
        '    "Content-Type": "application/json",\n'
        "  },\n"
        f"  body: JSON.stringify({_as_json(body)}),\n"
        "});\n"
        "console.log(answer.status, await answer.json());"
    )
