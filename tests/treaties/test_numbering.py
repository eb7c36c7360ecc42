"""An organizer says which treaty document it is."""

import pytest

from campaign.lib.refusals import Refused
from campaign.treaties import numbering
from campaign.treaties.models import Treaty
from tests import factories


def test_a_treaty_gets_the_number_under_which_the_senate_received_it(treaty, olive):
    assert numbering.number(treaty, 119, 4, olive) is True
    assert Treaty.objects.get().document == "Treaty Document 119-4"
    assert numbering.number(treaty, 119, 4, olive) is False, "the same again changes nothing"
    assert numbering.number(treaty, 119, 5, olive) is True


def test_a_number_can_be_taken_back(treaty, olive):
    numbering.number(treaty, 119, 4, olive)
    assert numbering.unnumber(treaty, olive) is True
    assert numbering.unnumber(treaty, olive) is False
    assert Treaty.objects.get().document == ""


@pytest.mark.parametrize(
    ("congress", "document", "field"),
    [(80, 1, "congress_received"), (121, 1, "congress_received"), (119, 0, "number"), (119, 1000, "number")],
)
def test_a_number_that_cannot_be_is_refused(treaty, olive, congress, document, field):
    with pytest.raises(Refused) as caught:
        numbering.number(treaty, congress, document, olive)
    assert [refusal.field for refusal in caught.value.refusals] == [field]
    assert Treaty.objects.get().number is None


def test_no_two_treaties_have_one_number(treaty, olive):
    numbering.number(treaty, 119, 4, olive)
    other = factories.make_treaty("another")
    with pytest.raises(Refused) as caught:
        numbering.number(other, 119, 4, olive)
    assert [refusal.code for refusal in caught.value.refusals] == ["taken"]
