"""In which order a worker takes what waits: asked of a real broker with the real settings."""

import socket
from contextlib import suppress

from celery.app.amqp import Queues
from django.conf import settings
from kombu import Connection, Consumer, Exchange, Producer, Queue

from campaign.celery import app as celery_app
from embedded import commands

NAMES = commands.WORKER[-1].removeprefix("--queues=").split(",")


def test_a_worker_takes_confirmations_before_letters_and_short_jobs_before_both():
    assert NAMES == ["celery", "confirm", "letters"]
    # Names of our own: the broker's real queues hold what other tests left there.
    queues = [Queue(f"order-{name}", Exchange(f"order-{name}"), f"order-{name}") for name in NAMES]
    options = celery_app.conf.broker_transport_options
    with Connection(settings.REDIS_URL, transport_options=options) as broker:
        channel = broker.channel()
        for queue in queues:
            queue(channel).declare()
            queue(channel).purge()
        for queue in [*reversed(queues), *reversed(queues)]:
            Producer(channel, queue.exchange, queue.routing_key).publish(queue.name)
        taken = []

        def take(body, message):
            taken.append(body)
            message.ack()

        channel.basic_qos(0, 1, False)
        with Consumer(channel, queues, callbacks=[take]), suppress(socket.timeout):
            while len(taken) < 6:
                broker.drain_events(timeout=5)
    assert taken == [f"order-{name}" for name in NAMES for _ in range(2)]


def test_celery_keeps_the_queues_in_the_order_in_which_they_were_named():
    queues = Queues(create_missing=True)
    queues.select(NAMES)
    assert list(queues.consume_from) == NAMES
