"""Imports of different sources that write the same rows at once wait for each other."""

import threading
from collections.abc import Iterable

import pytest
from django.db import connection, transaction

from campaign.legislators import placing
from campaign.legislators.models import PostalCode

ROUNDS = 12


@pytest.mark.django_db(transaction=True)
def test_states_and_districts_of_the_same_zips_come_in_at_once() -> None:
    ours = dict(PostalCode.objects.exclude(districts=[]).values_list("zip", "districts"))
    zips = [f"{number:05d}" for number in range(90_000, 94_000)]
    failed: list[Exception] = []
    line = threading.Barrier(2)

    def bring_in(column: str, order: Iterable[str], *says: str) -> None:
        try:
            for number in range(ROUNDS):
                line.wait(timeout=60)
                with transaction.atomic():
                    placing.swap_in(column, {zip_code: [says[number % 2]] for zip_code in order})
        except Exception as error:
            failed.append(error)
            line.abort()
        finally:
            connection.close()

    threads = [
        threading.Thread(target=bring_in, args=["census_states", zips, "CA", "NV"]),
        threading.Thread(target=bring_in, args=["districts", zips[::-1], "CA-1", "CA-2"]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = PostalCode.objects.filter(census_states=["NV"], districts=["CA-2"]).count()
    with transaction.atomic():
        placing.swap_in("census_states", {})
        placing.swap_in("districts", ours)
    assert not failed
    assert said == len(zips)
