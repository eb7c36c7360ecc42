"""Reading what a machine sends, strictly: a body that can be read in two ways is refused, and so is a misspelt word."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from campaign.api.errors import Unreadable
from campaign.lib.refusals import Refusal, Refused

DEEPEST = 32
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")
_PLAIN_NAME = re.compile(r"[A-Za-z_]{1,40}")


class StrictJSONParser(BaseParser):
    """application/json in UTF-8, one object, as RFC 8259 and I-JSON have it: what `request.data` is read with."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object that was sent. Raises what body() raises."""
        request = (parser_context or {}).get("request")
        return read(stream.read()) if request is None else body(request._request)


def body(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent; the request keeps its bytes. On the hot path this stands for `request.data`.

    Raises UnsupportedMediaType for other kinds of content, and what read() raises.
    """
    charset = (request.content_params or {}).get("charset", "utf-8")
    if request.content_type != StrictJSONParser.media_type or charset.lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(request.content_type or "")
    return read(request.body)


def read(raw: bytes) -> dict[str, Any]:
    """The object in these bytes. Raises Unreadable with what is wrong, and Refused where it is no object.

    Refused are: a name that occurs twice, numbers that JSON does not know, NUL and lone surrogates, and more than 32
    levels, so that nothing later meets what a database or another reader of JSON would take differently.
    """
    found = _decode(raw)
    if raw.count(b"[") + raw.count(b"{") > DEEPEST or b"\\u" in raw:
        _look_through(found)
    if not isinstance(found, dict):
        raise Refused((Refusal("", "not_an_object", _("The body must be one JSON object.")),))
    return found


def _decode(raw: bytes) -> Any:
    try:
        return _decoder.decode(raw.decode())
    except UnicodeDecodeError as error:
        raise Unreadable(_("The body is not UTF-8, from byte %(place)s on.") % {"place": error.start}) from None
    except json.JSONDecodeError as error:
        sentence = _("The body is not JSON: %(fault)s in line %(line)s, column %(column)s.")
        place = {"fault": error.msg, "line": error.lineno, "column": error.colno}
        raise Unreadable(sentence % place) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # Python reads no integer of more than 4,300 digits
        raise Unreadable(_("The body holds a number that is too long.")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        if _PLAIN_NAME.fullmatch(twice):
            raise Unreadable(_("The name %(name)s occurs twice in one object.") % {"name": twice})
        raise Unreadable(_("A name occurs twice in one object."))
    return found


def _no_number(text: str) -> NoReturn:
    raise Unreadable(_("JSON has no %(number)s.") % {"number": text})


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Unreadable(_("The body holds a number that is too large."))
    return number


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number, parse_float=_float)


def _too_deep() -> Unreadable:
    return Unreadable(_("The body is nested more than %(deepest)s levels deep.") % {"deepest": DEEPEST})


def _look_through(found: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level = [found]
    for _depth in range(DEEPEST + 1):
        if not level:
            return
        for value in level:
            if isinstance(value, str) and _UNPRINTABLE.search(value):
                raise Unreadable(_("The body holds a NUL or half of a character (a lone surrogate)."))
        level = [part for value in level for part in _parts(value)]
    raise _too_deep()


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def query(request: Request, *known: str) -> dict[str, str]:
    """The parameters of the address, each at most once. Raises Refused for one that the operation does not know."""
    return parameters(request.query_params, *known)


def parameters(found: QueryDict, *known: str) -> dict[str, str]:
    """The same of a query that stands by itself."""
    refusals = []
    for name, values in found.lists():
        if name not in known:
            plain = name if _PLAIN_NAME.fullmatch(name) else ""
            refusals.append(Refusal(plain, "unknown_parameter", _("There is no such parameter.")))
        elif len(values) > 1:
            refusals.append(Refusal(name, "given_twice", _("Give this once.")))
        elif _UNPRINTABLE.search(values[0]):
            refusals.append(Refusal(name, "hidden_characters", _("This holds characters that can't be read.")))
    if refusals:
        raise Refused(tuple(refusals))
    return {name: str(found[name]) for name in known if name in found}
