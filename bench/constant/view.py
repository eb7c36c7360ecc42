from django.http import HttpRequest, HttpResponse

CONSTANT = b'{"states":["OR"],"reasons":[]}'


def constant(request: HttpRequest) -> HttpResponse:
    """The same for everybody, without a thought."""
    return HttpResponse(CONSTANT, content_type="application/json", headers={"Content-Length": str(len(CONSTANT))})
