"""Passing a petition on: plain links that ask no other site for anything until somebody follows one."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from campaign.petitions.models import Petition


class ShareLink(NamedTuple):
    """A way to pass it on."""

    name: str
    address: str


def address_of(petition: Petition, source: str) -> str:
    """The petition's full address with the code that says how somebody came."""
    return f"{settings.SITE_URL}{petition.get_absolute_url()}?source={source}"


def links(petition: Petition, title: str) -> dict[str, object]:
    """The address to copy, and a link for e-mail and for each of the usual networks."""

    def url(way: str) -> str:
        return address_of(petition, f"share-{way}")

    mail = urlencode({"subject": title, "body": f"{title}\n\n{url('email')}"}, quote_via=quote)
    return {
        "copy": url("copy"),
        "ways": [
            ShareLink(_("E-mail"), f"mailto:?{mail}"),
            ShareLink("WhatsApp", "https://wa.me/?" + urlencode({"text": f"{title} {url('whatsapp')}"})),
            ShareLink("Bluesky", "https://bsky.app/intent/compose?" + urlencode({"text": f"{title} {url('bluesky')}"})),
            ShareLink("Facebook", "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": url("facebook")})),
            ShareLink("Reddit", "https://www.reddit.com/submit?" + urlencode({"url": url("reddit"), "title": title})),
            ShareLink("X", "https://x.com/intent/post?" + urlencode({"text": title, "url": url("x")})),
        ],
    }
