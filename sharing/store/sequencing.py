"""This module knows when the sequencer runs: who runs it for everybody who waits, and the thread that runs it unasked.

Group commit. Whoever wants entries in the tree joins the group that is open. One of the group leads: it closes the group and
runs the sequencer once, over all that the outbox holds; the others find their entries done. What a leader leaves undone, the
next of its group does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from sharing.errors import AccordError, UnreachableError

log = logging.getLogger(__name__)

LINGER = 0.25
"""Seconds for which the thread lets entries gather under one head. Whoever wants a receipt does not wait for it."""
PATIENCE = 30.0
"""Seconds after which a caller gives up waiting for those before it."""
PAUSE = 5.0
"""Seconds after a failure until the thread tries again."""


class _Group:
    """Those who wait for the same run: whether it was made, and what stopped it."""

    def __init__(self) -> None:
        self.done = False
        self.failure: Exception | None = None


class Sequencing:
    """One store's turns at the sequencer. `run` puts all that is committed into the trees and signs their heads."""

    def __init__(self, run: Callable[[], None]) -> None:
        """Nothing runs until it is asked for."""
        self._run = run
        self._open = _Group()
        self._led = False
        self._told = threading.Condition()
        self._committed = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def settle(self) -> None:
        """Return when all that was committed before this call is in the trees, under signed heads.

        Raises what stopped the sequencer, to each of the group that waited for the run, and UnreachableError after
        `PATIENCE`. The entries stand in the outbox all the same, and the next run takes them.
        """
        with self._told:
            group = self._open
            # A lock instead would let newcomers lead before those whose work is done have seen that it is.
            if not self._told.wait_for(lambda: group.done or not self._led, timeout=PATIENCE):
                raise UnreachableError("The ledger is busy. What was stored is stored; its receipt follows.")
            leads = not group.done
            if leads:
                self._led = True
                self._open = _Group()  # whoever comes from now on may have committed too late for this run
                self._committed.clear()
        if leads:
            self._run_for(group)
        if group.failure is not None:
            raise group.failure

    def settle_quietly(self) -> bool:
        """Settle, and say whether it went well: the change is committed, so a failure must not look like one of the change."""
        try:
            self.settle()
        except (SQLAlchemyError, AccordError) as error:
            log.warning("the sequencer will try again: %s", type(error).__name__)
            return False
        return True

    def follow(self) -> None:
        """See to it that what was just committed gets its place: by the thread where it runs, here and now elsewhere."""
        if self._thread is not None and self._thread.is_alive():
            self._committed.set()
        else:
            self.settle_quietly()

    def start(self) -> None:
        """Start the thread. It begins with what a process that died may have left in the outbox."""
        self._stop.clear()
        self._committed.set()
        self._thread = threading.Thread(target=self._work, name="accord-sequencer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, and put what waits into the ledger. What cannot be put there stays in the outbox."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._stop.set()
            self._committed.set()
            thread.join(PATIENCE)
        if self._committed.is_set():
            self._committed.clear()
            self.settle_quietly()

    def _run_for(self, group: _Group) -> None:
        ended = False
        try:
            self._run()
            ended = True
        except Exception as error:  # noqa: BLE001  each of the group is told, whatever it is
            group.failure, ended = error, True
        finally:
            if group.failure is not None or not ended:
                self._committed.set()  # what was not done is still to be done, whether or not anybody asks again
            # An interrupt (a BaseException) leaves the group undone: the next of it leads.
            with self._told:
                group.done, self._led = ended, False
                self._told.notify_all()

    def _work(self) -> None:
        while True:
            self._committed.wait()
            if self._stop.wait(LINGER):
                return
            if not self._committed.is_set():
                continue  # somebody wanted a receipt meanwhile
            if not self._try() and self._stop.wait(PAUSE):
                return

    def _try(self) -> bool:
        try:
            return self.settle_quietly()
        except Exception:
            # Nobody stands behind this thread: it goes on, and the log tells of the defect.
            log.exception("the sequencer's thread met a defect")
            return False
