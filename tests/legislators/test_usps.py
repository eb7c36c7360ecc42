"""States and ZIPs as people write them."""

import pytest

from campaign.lib import usps


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("OR", "OR"),
        (" or ", "OR"),
        ("Oregon", "OR"),
        ("Oregan", "OR"),
        ("ore-gon\n", "OR"),
        ("Washington", "WA"),
        ("State of Washington", "WA"),
        ("Washington State", "WA"),
        ("Wash.", "WA"),
        ("Wash DC", "DC"),
        ("Washington, D.C.", "DC"),
        ("Washingtn DC", "DC"),
        ("Washinton, D.C.", "DC"),
        ("Washington D", "DC"),
        ("the state of Wash. D C", "DC"),
        ("District of Columbia", "DC"),
        ("Ore.", "OR"),
        ("Commonwealth of Virginia", "VA"),
        ("West Virgina", "WV"),
        ("Missisipi", "MS"),
        ("Massachusets", "MA"),
        ("the state of New York", "NY"),
        ("Nueva York", "NY"),
        ("Carolina del Norte", "NC"),
        ("N. Carolina", "NC"),
        ("Hawai\u02bbi", "HI"),
        ("US Virgin Islands", "VI"),
        ("Puerto Rico", "PR"),
        ("CNMI", "MP"),
        ("Micronesia", "FM"),
        ("APO AE", "AE"),
        ("Armed Forces Pacific", "AP"),
        ("Kansas", "KS"),
        ("Arkansa", "AR"),
        ("D.C.", "DC"),
        ("N.H.", "NH"),
        ("W.Va.", "WV"),
        ("West Va.", "WV"),
        ("N.Mex.", "NM"),
        ("N.Dak.", "ND"),
        ("S.Dak.", "SD"),
        ("N.Carolina", "NC"),
        ("Cal.", "CA"),
        ("Wash.D.C.", "DC"),
        ("Washington.D.C.", "DC"),
        ("WashingtonDC", "DC"),
        ("washingtn.dc", "DC"),
        ("Washington.D", "DC"),
        ("District of Columbia (DC)", "DC"),
        ("DC - District of Columbia", "DC"),
        ("Ohio (OH)", "OH"),
        ("Ohio, Oh.", "OH"),
        ("Oregon (OR)", "OR"),
        ("OR, Oregon", "OR"),
        ("TX - Texas", "TX"),
        ("tx/tex.", "TX"),
        ("W.Va. (WV)", "WV"),
        ("State of Ohio (OH)", "OH"),
        ("U.S. Virgin Islands (VI)", "VI"),
        ("Oregan OR", "OR"),
        ("de laware", "DE"),
    ],
)
def test_a_state_is_understood_as_people_write_it(written: str, meant: str | None) -> None:
    assert usps.state_from(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "XX",
        "Oregon DC",
        "Oregon D",
        "Washington County",
        "Kansas City",
        "Carolina",
        "Dakota",
        "Virgin",
        "India",
        "Ontario",
        "Mexico",
        "Bavaria",
        "\0",
        "97201",
        "\u041e",
        "Oregon.D.C.",
        "Oregon.D",
        "Wisconsin.DC",
        "Kansas.City",
        "Ohio (OR)",
        "Oregon (OH)",
        "Oregan - OH",
        "OR Oregon OH",
        "AR - Kansas",
        "LA, Florida",
        "Washington, PA",
        "Delaware, OH",
        "OR/WA",
        "Kansas City, MO",
        "Portland, OR",
        "OR County",
        "in Ohio",
    ],
)
def test_what_may_mean_another_place_is_not_guessed(written: str) -> None:
    assert usps.state_from(written) is None


def test_a_book_typed_as_a_state_is_not_read() -> None:
    assert usps.state_from("Oregon" * 100_000) is None


def test_every_code_and_every_name_means_itself() -> None:
    assert len(usps.STATES) == 50
    assert len(usps.NAMES) == 62
    for code, name in usps.NAMES.items():
        assert usps.state_from(code.lower()) == usps.state_from(name) == code


@pytest.mark.parametrize("written", ["97201", " 97201\n", "97201-1234", "97201 1234", "972011234", "97201\u20131234"])
def test_a_zip_may_come_with_four_more_digits_and_white_space(written: str) -> None:
    assert usps.postal_code_from(written) == "97201"


@pytest.mark.parametrize(
    ("written", "fault", "suggestion"),
    [
        ("", usps.PostalCodeFault.EMPTY, ""),
        ("2134", usps.PostalCodeFault.TOO_SHORT, "02134"),
        ("501", usps.PostalCodeFault.TOO_SHORT, "00501"),
        ("\uff10\uff11\uff10\uff10\uff11", usps.PostalCodeFault.FOREIGN_DIGITS, "01001"),
        ("\u0669\u0667\u0662\u0660\u0661", usps.PostalCodeFault.FOREIGN_DIGITS, "97201"),
        ("9720\0", usps.PostalCodeFault.NOT_FIVE_DIGITS, ""),
        ("K1A 0B1", usps.PostalCodeFault.NOT_FIVE_DIGITS, ""),
        ("97201-12", usps.PostalCodeFault.NOT_FIVE_DIGITS, ""),
        ("9" * 100_000, usps.PostalCodeFault.NOT_FIVE_DIGITS, ""),
    ],
)
def test_what_is_no_zip_is_refused_with_the_reason(written: str, fault: usps.PostalCodeFault, suggestion: str) -> None:
    with pytest.raises(usps.BadPostalCode) as caught:
        usps.postal_code_from(written)
    assert (caught.value.fault, caught.value.suggestion) == (fault, suggestion)
    assert suggestion in str(caught.value.sentence)


def test_every_place_with_a_voting_residence_has_a_tile_of_its_own() -> None:
    assert set(usps.TILES) == usps.RESIDENCES
    assert len(set(usps.TILES.values())) == len(usps.TILES)
