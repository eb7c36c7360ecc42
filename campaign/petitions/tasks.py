"""One call each; the rules are elsewhere."""

from celery import shared_task

from campaign.petitions import counting, exporting, forgetting


@shared_task(name="petitions.count")
def count() -> None:
    """Roll up what was confirmed since."""
    counting.count()


@shared_task(name="petitions.recount")
def recount() -> None:
    """Check the tallies against the signatures."""
    counting.recount()


@shared_task(name="petitions.forget")
def forget() -> None:
    """Forget the people whose time has come."""
    forgetting.forget()


@shared_task(name="petitions.export")
def export(export_id: int) -> None:
    """Write one export."""
    exporting.write(export_id)


@shared_task(name="petitions.sweep_exports")
def sweep_exports() -> None:
    """Go on with exports that stopped, and delete those that are old."""
    exporting.sweep()
