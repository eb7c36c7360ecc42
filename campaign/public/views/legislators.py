"""Who speaks for somebody in both houses, and the step in which an address tells the district."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from campaign.legislators import geocoding, lookup
from campaign.legislators.geocoding import Receiver
from campaign.lib import limits, usps
from campaign.lib.refusals import Refused
from campaign.lib.requests import client_network
from campaign.public import speakers
from campaign.public.doors import discreet, see_other, takes_forms
from campaign.public.fields import STATES, Field, Form, Text

_BEFORE = ("state", "postal_code")
_NO_ERRORS: Mapping[str, Text] = {}


@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """The form, and under it who speaks for `?state=OR&postal_code=97201&district=OR-3`, each of them optional.

    A question back (which state? which district?) is a 200; what can't be read is a 422 with what was typed. It
    changes nothing and asks nobody.
    """
    is_asked = any(name in request.GET for name in speakers.ASKED)
    found = speakers.of(request.GET.dict()) if is_asked else speakers.blank()
    context = {"found": found, "states": STATES, "has_address_step": geocoding.is_on()}
    response = render(request, "public/legislators.html", context, status=422 if found.is_refused else 200)
    response.headers["Cache-Control"] = "private, max-age=10" if is_asked else "max-age=10"
    if is_asked:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@sensitive_post_parameters("address")
@takes_forms
@discreet
def address(request: HttpRequest) -> HttpResponse:
    """GET: whom the address goes to, and the form. POST: find the district; 303 to the answer, with the district only.

    The address is kept nowhere. Without consent, or where it leads nowhere, the form comes back with what was typed:
    422, or 429 with Retry-After for a network that asks too often. Twice asks twice.
    """
    typed = request.POST if request.method == "POST" else request.GET
    receiver = geocoding.receiver()
    if receiver is None:
        return see_other(_answer_page(typed))
    if request.method != "POST":
        return _page(request, receiver, typed)
    verdict = limits.hit("addresses", client_network(request), geocoding.MOST_OF_A_NETWORK, geocoding.IN_SECONDS)
    if not verdict.allowed:
        sentence = _("Too many addresses were looked up from your network. Please wait some minutes and try again.")
        response = _page(request, receiver, typed, {"address": sentence}, status=429)
        response.headers["Retry-After"] = str(verdict.reset)
        return response
    errors = _missing(receiver, typed)
    return _page(request, receiver, typed, errors, status=422) if errors else _find(request, receiver, typed)


def _missing(receiver: Receiver, typed: QueryDict) -> dict[str, Text]:
    """What has to be there before anything is sent to anybody."""
    errors: dict[str, Text] = {}
    if not typed.get("address", "").strip():
        errors["address"] = _("Please fill this in.")
    if receiver.is_outside and "consent" not in typed:
        errors["consent"] = format_lazy(_("Without this we send nothing to {receiver}."), receiver=receiver.name)
    return errors


def _find(request: HttpRequest, receiver: Receiver, typed: QueryDict) -> HttpResponse:
    try:
        found = lookup.find(typed.get("state"), typed.get("postal_code"), typed.get("address"))
    except Refused as refused:
        errors = {field: sentences[0] for field, sentences in refused.by_field().items()}
        if any(name in errors for name in _BEFORE):
            return see_other(_answer_page(typed))
        return _page(request, receiver, typed, errors, status=422)
    trouble = found.trouble.label if found.trouble else ""
    if not trouble and (len(found.districts), len(found.states)) == (1, 1):
        return see_other(_answer_page(typed, found.districts[0]))
    return _page(
        request, receiver, typed, {"address": trouble or _contradiction(found.states)}, status=422, is_sent=True
    )


def _contradiction(states: tuple[str, ...]) -> Promise:
    sentence = _("This address and what you chose before lie in different states: {states}. Please check both.")
    return format_lazy(sentence, states=", ".join(usps.NAMES[code] for code in states))


def _answer_page(typed: QueryDict, district: str = "") -> str:
    """The page of answers for what was typed there, with the district that was found. Never with an address."""
    query = {name: typed[name] for name in _BEFORE if typed.get(name, "").strip()}
    if district:
        query |= {"state": district.partition("-")[0], "district": district}
    page = reverse("public:legislators")
    return f"{page}?{urlencode(query)}" if query else page


def _page(
    request: HttpRequest,
    receiver: Receiver,
    typed: QueryDict,
    errors: Mapping[str, Text] = _NO_ERRORS,
    *,
    status: int = 200,
    is_sent: bool = False,
) -> HttpResponse:
    form = Form({field.name: field for field in _fields(receiver, typed, errors)})
    context = {
        "form": form,
        "receiver": receiver,
        "before": {name: typed[name] for name in _BEFORE if typed.get(name, "").strip()},
        "consents": "consent" in typed,
        "answer_page": _answer_page(typed),
        "trouble": _("We did not find your district.") if is_sent else "",
    }
    return render(request, "public/address.html", context, status=status)


def _fields(receiver: Receiver, typed: QueryDict, errors: Mapping[str, Text]) -> list[Field]:
    # What was posted comes back; an address in a link does not, for nobody should make such links.
    value = typed.get("address", "") if errors else ""
    return [
        _address_field(receiver, value, errors.get("address")),
        Field("consent", _("Sending"), errors=(errors["consent"],) if "consent" in errors else ()),
    ]


def _address_field(receiver: Receiver, value: str, error: Text | None) -> Field:
    errors = (error,) if error else ()
    if receiver.takes_points:
        hint = _("Latitude and longitude in degrees, like 45.5200, -122.6800. Maps show them for a place.")
        return Field("address", _("Where your home lies"), value, errors, hint)
    hint = _("House number, street, city and state, as on an envelope. No P.O. box.")
    return Field("address", _("Your home address"), value, errors, hint, "lines", "street-address", rows=3)
