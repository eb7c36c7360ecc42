"""Words for parties and for places on a committee, as people read them."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaign.legislators.models import CommitteeMembership

register = template.Library()

_PARTIES: dict[str, Promise] = {
    "Democrat": _("Democrat"),
    "Republican": _("Republican"),
    "Independent": _("Independent"),
}
_ROLES: dict[str, Promise] = {
    "Chair": _("Chair"),
    "Chairman": _("Chair"),
    "Chairwoman": _("Chair"),
    "Ranking Member": _("Ranking member"),
    "Vice Chair": _("Vice chair"),
    "Vice Chairman": _("Vice chair"),
    "Ex Officio": _("Ex officio"),
}


@register.filter
def party_name(party: str) -> str:
    """The party in the page's language; one that we have no word for as the data call it."""
    return str(_PARTIES.get(party, party))


@register.filter
def role(place: CommitteeMembership) -> str:
    """Chair or ranking member, in the page's language; empty for everybody else."""
    return str(_ROLES.get(place.title, place.title))
