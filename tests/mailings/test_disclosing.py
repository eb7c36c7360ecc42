"""Ada may see which updates she was sent."""

from campaign.delivery import sending
from campaign.delivery.models import Queue
from campaign.supporters import disclosing
from campaign.supporters.models import Supporter


def test_who_asks_what_we_keep_sees_the_updates_they_were_sent(three, queued, petition, sink):
    ada = Supporter.objects.get(pk=three[0].supporter_id)
    assert disclosing.everything_about(ada)["updates"] == []
    queued()
    sending.send_due(Queue.MAILINGS)
    (update,) = disclosing.everything_about(ada)["updates"]
    assert update.pop("handed_over_at") is not None
    assert update == {
        "petition": petition.slug,
        "subject": "News, {{given_name|friend}}",
        "status": "accepted",
        "reported": "",
    }
