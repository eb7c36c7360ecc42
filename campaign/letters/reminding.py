"""Telling a constituent that a letter which waited needs them: it can go now, or the seat has a new holder."""

from campaign.delivery import posting
from campaign.delivery.models import Delivery, Kind, Status
from campaign.delivery.recipes import Mail, Postponed, Withheld, written
from campaign.legislators import aging
from campaign.legislators.models import Subject
from campaign.letters import holding
from campaign.letters.models import Hold, Letter
from campaign.petitions.models import Signature
from campaign.petitions.recipes import my_page_link
from campaign.petitions.unsubscribing import preferences_link

RECIPE = "letter_waits_for_you"


def remind(letter: Letter) -> None:
    """Post a mail that leaves when there is something to do. Once for each text: writing it anew may remind anew."""
    if letter.supporter_id is None:
        return
    posting.post(
        posting.Envelope(
            key=_key(letter),
            kind=Kind.RECEIPT,
            recipe=RECIPE,
            mailbox=letter.supporter_id,
            about={"letter": str(letter.pk)},
        )
    )


def _key(letter: Letter) -> str:
    return f"letter-waits:{letter.pk}:{letter.sha256[:16]}"


def mail_of(delivery: Delivery) -> Mail | Withheld | Postponed:
    """The recipe: it waits as long as the letter has to, and is not sent where nothing is left to do."""
    letters = Letter.objects.select_related("supporter", "petition").with_holders()
    letter = letters.filter(pk=delivery.about["letter"]).first()
    if letter is None or letter.supporter is None:
        return Withheld("erased")
    if delivery.key != _key(letter):
        return Withheld("written anew")
    if letter.dispatches.filter(delivery__status=Status.CLAIMED).exists():
        return Postponed("a worker has the letter in hand", minutes=1)
    signature = Signature.objects.confirmed().filter(petition=letter.petition, supporter=letter.supporter).first()
    dispatch = letter.dispatches.last()
    if signature is None or not letter.petition.is_open or dispatch is None or letter.has_gone:
        return Withheld("nothing left to do")
    hold = holding.hold_of_letter(letter, dispatch.legislator, aging.age_of(Subject.LEGISLATORS))
    if hold is None:
        if not dispatch.waits_for_constituent:
            return Withheld("it goes by itself")
        dispatch.now_to(letter.seat.holder)
    elif hold != Hold.SUCCEEDED:
        return Postponed(hold.value, minutes=holding.MINUTES_UNTIL_ASKED_AGAIN[hold])
    supporter, language = letter.supporter, signature.language
    context = {
        "given_name": supporter.given_name,
        "title": letter.petition.text_in(language).title,
        "seat": letter.seat,
        "former": dispatch.legislator.official_name,
        "is_succeeded": hold == Hold.SUCCEEDED,
        "my_url": my_page_link(supporter, language),
        "preferences_url": preferences_link(supporter.pk, language, letter.petition_id),
    }
    return Mail(to=supporter.email, **written(RECIPE, language, context))
