"""The queue in files: in order, each message once, and nothing half-written is ever taken."""

import threading
import time
from pathlib import Path

import pytest
from kombu import Connection, Producer, Queue

import config  # registers the transport
from config import file_queue


@pytest.fixture
def broker(tmp_path: Path) -> Connection:
    """A broker in a folder of its own."""
    assert config.celery_app
    folder = str(tmp_path)
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}/control"}
    return Connection("filesystem://localhost/", transport_options=options)


def test_the_transport_is_ours(broker: Connection) -> None:
    assert isinstance(broker.transport, file_queue.Transport)


def test_messages_come_in_order_and_once(broker: Connection, tmp_path: Path) -> None:
    with broker.channel() as channel:
        queue = Queue("celery", channel=channel)
        queue.declare()
        producer = Producer(channel, routing_key="celery")
        for number in range(20):
            producer.publish({"number": number})
        taken = [queue.get(no_ack=True) for _ in range(20)]
        assert [message.payload["number"] for message in taken] == list(range(20))
        assert queue.get(no_ack=True) is None
    assert list(tmp_path.glob("*.msg*")) == []


def test_queues_are_kept_apart(broker: Connection) -> None:
    with broker.channel() as channel:
        one, other = (Queue(name, routing_key=name, channel=channel) for name in ("celery", "other.celery"))
        for queue in (one, other):
            queue.declare()
        Producer(channel, routing_key="other.celery").publish({"number": 1})
        assert one.get(no_ack=True) is None
        assert other.get(no_ack=True).payload == {"number": 1}


def test_many_hands_take_each_message_once(broker: Connection) -> None:
    with broker.channel() as channel:
        queue = Queue("celery", channel=channel)
        queue.declare()
        producer = Producer(channel, routing_key="celery")
        taken: list[int] = []
        done = threading.Event()

        def take() -> None:
            with broker.clone() as connection, connection.channel() as own:
                mine = Queue("celery", channel=own)
                while not done.is_set():
                    message = mine.get(no_ack=True)
                    if message:
                        taken.append(message.payload["number"])
                    else:
                        time.sleep(0.001)

        hands = [threading.Thread(target=take) for _ in range(3)]
        for hand in hands:
            hand.start()
        for number in range(200):
            producer.publish({"number": number})
        deadline = time.monotonic() + 20
        while len(taken) < 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        done.set()
        for hand in hands:
            hand.join()
    assert sorted(taken) == list(range(200))
