"""Recognizing whether this database may send: a restored one does not, until somebody reconciled it.

The operator holds the setting MAIL_EPOCH, the database holds a row. They have to agree, and the row has to have been
written in this very database: one that was restored beside the old one, or brought back to an earlier moment, stops by
itself. A restored copy of the whole disk can't be told from the disk: there the operator sets another MAIL_EPOCH.
"""

import structlog
from django.conf import settings
from django.db import NotSupportedError, ProgrammingError, connection, transaction

from campaign.lib.kept import Kept

log = structlog.get_logger(__name__)
# What a database without a row holds: one of before there were epochs, or one that nobody furnished.
FIRST = "1"

# Which database this is: the cluster, the database in it, and the line of its history, which a recovery to an earlier
# moment leaves.
_DATABASE = """
SELECT system_identifier::text || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
  || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
FROM pg_control_system()
"""
_BEGIN = """
INSERT INTO delivery_epoch (id, value, database, set_at)
SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM delivery_delivery) THEN %s ELSE %s END, %s, statement_timestamp()
ON CONFLICT DO NOTHING
"""
_was_told: set[tuple[str, str]] = set()


def held() -> str:
    """The value that the operator holds."""
    return str(settings.MAIL_EPOCH)


def this_database() -> str:
    """Which database this is; empty where it does not say, and then only the value counts."""
    return _this_database.get(None)


def asked_anew() -> str:
    """Which database this is, for what is written down: what is kept may be of another one a moment ago."""
    return _ask(None)


def _ask(_key: None) -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_DATABASE)
            return str(cursor.fetchone()[0])[:80]
    except (ProgrammingError, NotSupportedError) as error:  # a hosted one may keep it to itself
        log.warning("the database does not say which one it is", error=type(error).__name__)
        return ""


_this_database: Kept[None, str] = Kept(_ask, seconds=30.0, stale=5.0)


def may_send(value: str | None, database: str | None) -> bool:
    """Whether the row of the database agrees with what the operator holds, and was written in this database.

    Where not it is logged, once for each process.
    """
    value = FIRST if value is None else value
    if value == held() and not is_moved(database):
        return True
    if (value, held()) not in _was_told:
        _was_told.add((value, held()))
        log.error(
            "no mail leaves: this database may be a restored one; run `manage.py mail reconcile`",
            epoch_of_the_database=value,
            epoch_of_the_operator=held(),
            was_moved=value == held(),
        )
    return False


def is_moved(database: str | None) -> bool:
    """Whether the row was written in another database than this one, as far as either says."""
    return bool(database) and bool(this_database()) and database != this_database()


def begin() -> bool:
    """Write the epoch into a database that has none, when it is furnished. The second time changes nothing: False.

    A new one gets the value that the operator holds. One that holds mail already gets the first value: it may have been
    restored.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [FIRST, held(), asked_anew()])
        return bool(cursor.rowcount)
