from celery import Celery

app = Celery("idiomatic")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task
def send_confirmation(signature_id: int) -> None:
    """Would mail the confirmation; nobody works here."""
