"""What Ada types into the page of her letters."""

from campaign.legislators.models import Seat

BODY = "Please withhold consent to this treaty; here is why I ask you to."


def the_seats() -> list[Seat]:
    return list(Seat.objects.senate().of_state("OR"))


def typed(seats: list[Seat], body: str = BODY, **more: str) -> dict[str, str]:
    fields = {f"subject-{seat.pk}": "Please withhold" for seat in seats} | {f"body-{seat.pk}": body for seat in seats}
    return fields | more
