"""Locks that go with their transaction: of several beats at once only one does the work."""

from enum import IntEnum

from django.db import connection


class Job(IntEnum):
    """The numbers of our advisory locks, in one place so that no two jobs share one."""

    SWEEPING = 220_001
    COUNTING = 220_002
    FORGETTING = 220_003
    EXPORTING = 220_004
    IMPORTING = 220_005
    LETTING_GO = 220_006
    WATCHING = 220_007
    STARTING_MAILINGS = 220_021
    COMPARING = 220_022
    FINISHING_MAILINGS = 220_023


def alone(job: Job) -> bool:
    """Whether this transaction is the only one at this job just now. Never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(job)])
        return bool(cursor.fetchone()[0])


def wait_for(job: Job, of: str = "") -> None:
    """Wait until this transaction is the only one at this job; `of` tells apart jobs that may run side by side."""
    with connection.cursor() as cursor:
        if of:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [int(job), of])
        else:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(job)])
