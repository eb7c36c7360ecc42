"""Stopping: this process was asked to end, and everybody here who begins something asks first."""

import threading

_asked = threading.Event()


def ask() -> None:
    """From now on nothing new begins. Twice is once."""
    _asked.set()


def is_asked() -> bool:
    """Whether to finish what is in hand and begin nothing."""
    return _asked.is_set()
