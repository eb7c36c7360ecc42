"""How Celery's workers and its clock behave. The queue is a nudge, never the truth: see docs/decisions/0002.

Which worker serves which queues is said where they are started: docker-compose.yml, embedded/commands.py.
"""

from datetime import timedelta
from typing import Any

from campaign import env, report_settings

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 210
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_DB_REUSE_MAX = 1000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A batch goes on when Valkey is gone: the rows are the truth, and to be cut off leaves mail of which nobody knows.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_STOP_PATIENCE = env.number("WORKER_STOP_SECONDS", 22, least=1)  # ours: see campaign/celery.py
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 0.5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "queue_order_strategy": "priority",  # in the order of the worker's --queues
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 5,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": False,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
# What takes minutes, or as long as a stranger's server wants, never stands before a confirmation.
CELERY_TASK_ROUTES: dict[str, Any] = {
    name: {"queue": "errands"}
    for name in (
        "legislators.*",
        "treaties.*",
        "mailings.*",
        "delivery.*_reports",
        "petitions.recount",
        "petitions.forget",
        "petitions.*export*",
    )
}
_SYNCS: tuple[str, ...] = (
    "legislators.sync",
    "legislators.sync_senate_list",
    "legislators.sync_clerks_list",
    "legislators.sync_committees",
    "legislators.sync_zips",
    "legislators.sync_districts",
    "treaties.sync",
)
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep-deliveries": {"task": "delivery.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "watch-series": {"task": "delivery.watch", "schedule": 2.0, "options": {"expires": 4}},
    "count-signatures": {"task": "petitions.count", "schedule": 2.0, "options": {"expires": 4}},
    "recount-signatures": {"task": "petitions.recount", "schedule": timedelta(hours=24)},
    "forget-people": {"task": "petitions.forget", "schedule": timedelta(hours=1)},
    "start-mailings": {"task": "mailings.start_due", "schedule": 3.0, "options": {"expires": 6}},
    "compare-mailings": {"task": "mailings.compare", "schedule": 15.0, "options": {"expires": 15}},
    "finish-mailings": {"task": "mailings.finish", "schedule": 5.0, "options": {"expires": 10}},
    "sweep-exports": {"task": "petitions.sweep_exports", "schedule": 60.0},
    **report_settings.clock(env.text("REPORTS_MAILBOX_URL", "")),
    # Looked at every few hours, since a restart begins them anew; asked once a week: see importing.is_due.
    **{task: {"task": task, "schedule": timedelta(hours=6)} for task in _SYNCS},
}
