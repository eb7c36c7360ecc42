"""A treaty: where it stands, how many it takes, and how each of the hundred senators stands."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.public import boards, treaty_page
from campaign.public.treaty_page import ASKED
from campaign.public.views.petitions import FRESH_FOR_SECONDS


@require_safe
@cache_control(max_age=FRESH_FOR_SECONDS)
def treaty(request: HttpRequest, slug: str) -> HttpResponse:
    """The page. `?state=OR` shows one state's seats; `?state=OR&postal_code=97201` finds the visitor's own senators;
    `?present=90` says how many it takes when so many are there.

    A question back (which state?) is a 200; what can't be read is a 422 with what was typed. It changes nothing.
    """
    if not any(name in request.GET for name in ASKED):
        page = treaty_page.page_of(slug)
        if page is None:
            raise Http404
        return HttpResponse(page)
    board = boards.board_of(slug)
    if board is None:
        raise Http404
    asked = treaty_page.question(board, request.GET.dict())
    context = treaty_page.context_of(board, asked) | {"is_answer": True}
    return render(request, "public/treaty.html", context, status=422 if asked.is_refused else 200)
