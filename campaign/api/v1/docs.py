"""The page for partners' developers: the task on the left, the code for it on the right."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from campaign.api.errors import only_read
from campaign.api.v1 import describing, examples, examples_of_congress, schema
from campaign.api.v1.examples import Example
from campaign.api.v1.samples import Sample, samples_of

_SHOWN: dict[str, Example] = {
    "list_petitions": examples.LIST[0],
    "read_petition": examples.READ[0],
    "record_sign_up": examples.SIGN[0],
    "list_legislators": examples_of_congress.LIST[0],
    "read_legislator": examples_of_congress.READ[0],
    "look_up_legislators": examples_of_congress.LOOK_UP[0],
    "look_up_address": examples_of_congress.ADDRESS[0],
    "list_treaties": examples_of_congress.TREATIES[0],
    "read_treaty": examples_of_congress.TREATY[0],
    "list_positions": examples_of_congress.POSITIONS[0],
}

_A_PROBLEM = next(example.answer for example in examples.SIGN if example.status == 422)


@dataclass(frozen=True)
class Field:
    """A parameter or a field of the body."""

    name: str
    place: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One operation, as the page shows it."""

    name: str
    method: str
    address: str
    summary: str
    description: str
    needs_key: bool
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]
    samples: tuple[Sample, ...]
    answer: str


def operations() -> list[Operation]:
    """All operations of the OpenAPI document, in its order."""
    document = schema.document()
    found = []
    for address, methods in document["paths"].items():
        for method, described in methods.items():
            found.append(_operation(method.upper(), address, described, document["components"]["schemas"]))
    return found


def _operation(method: str, address: str, described: dict[str, Any], shapes: dict[str, Any]) -> Operation:
    shown = _SHOWN[described["operationId"]]
    needs_key = bool([scheme for scheme in described.get("security", []) if scheme])
    return Operation(
        name=described["operationId"],
        method=method,
        address=address,
        summary=described["summary"],
        description=described["description"],
        needs_key=needs_key,
        fields=(*_parameters(described), *_body(described, shapes)),
        answers=tuple((status, answer["description"]) for status, answer in described["responses"].items()),
        samples=samples_of(method, address, shown, needs_key=needs_key),
        answer=schema.pretty(shown.answer),
    )


def _parameters(described: dict[str, Any]) -> list[Field]:
    return [
        Field(each["name"], each["in"], each.get("required", False), each.get("description", ""))
        for each in described.get("parameters", [])
    ]


def _body(described: dict[str, Any], shapes: dict[str, Any]) -> list[Field]:
    content = described.get("requestBody", {}).get("content", {}).get(describing.JSON)
    if content is None:
        return []
    shape = shapes[content["schema"]["$ref"].rpartition("/")[2]]
    return [
        Field(name, "body", name in shape["required"], member["description"])
        for name, member in shape["properties"].items()
    ]


@only_read
def page(request: HttpRequest) -> HttpResponse:
    """The page, in English as the document is. Asking for it changes nothing."""
    with translation.override("en"):
        context = {"operations": operations(), "problem": schema.pretty(_A_PROBLEM)}
        response = render(request, "api/docs.html", context)
    response.headers["Content-Language"] = "en"
    return response
