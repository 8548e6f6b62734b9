"""This module knows in which order the story of the demonstration happens: by its days, whoever wrote the step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from portal.demo.progress import say
from portal.demo.stage import Stage


@dataclass(frozen=True)
class Step:
    """Something that happens on a day."""

    on: date
    what: str
    do: Callable[[], object] = field(repr=False)


@dataclass
class Programme:
    """The steps of one partnership's story, gathered from every part of it."""

    steps: list[Step] = field(default_factory=list)

    def add(self, on: date, what: str, do: Callable[[], object]) -> None:
        """Add a step. Steps of one day happen in the order in which they were added."""
        self.steps.append(Step(on, what, do))

    def play(self, stage: Stage) -> None:
        """Do everything, day by day, and say each kind of thing once with the time that it took."""
        took: dict[str, float] = {}
        for step in sorted(self.steps, key=lambda step: step.on):
            stage.on(step.on)
            begun = time.monotonic()
            step.do()
            took[step.what] = took.get(step.what, 0) + time.monotonic() - begun
        for what, seconds in took.items():
            say(f"{stage.partnership}: {what} ({seconds:.1f} s)")
