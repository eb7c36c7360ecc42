"""A treaty's way as a line of steps: which it took, where it stands, which lie ahead."""

from dataclasses import dataclass

from campaign.treaties.models import Stage, StageChange, Treaty

_WAY = tuple(stage for stage in Stage if stage not in {Stage.RETURNED, Stage.WITHDRAWN})


@dataclass(frozen=True)
class Step:
    """A stage on the line. Without a change nobody entered when it was reached, or it lies ahead."""

    stage: Stage
    change: StageChange | None = None
    is_here: bool = False
    is_ahead: bool = False

    @property
    def is_end(self) -> bool:
        """Whether the treaty left its way here."""
        return self.stage not in _WAY


@dataclass(frozen=True)
class Line:
    """All steps in their order, and all that was entered before it came here: it may have been returned and come again.

    What came before is told from the newest on.
    """

    steps: tuple[Step, ...]
    before: tuple[StageChange, ...]

    @property
    def here(self) -> Step:
        """Where the treaty stands."""
        return next(step for step in self.steps if step.is_here)

    @property
    def is_decided(self) -> bool:
        """Whether the Senate has consented: nobody can stop it there any more."""
        return self.here.stage in {Stage.CONSENTED, Stage.RATIFIED}


def line_of(treaty: Treaty) -> Line:
    """The treaty's line. Without any entry it stands at the first stage; after it was returned or withdrawn, at an end
    of its own behind the last stage it reached. Prefetch with `with_story()`."""
    story = treaty.standing_changes
    current = treaty.stage
    on_the_way = [change for change in story if Stage(change.stage) in _WAY]
    farthest = current if current in _WAY else Stage(on_the_way[-1].stage) if on_the_way else _WAY[0]
    latest = {Stage(change.stage): change for change in story}
    reached = _WAY[: _WAY.index(farthest) + 1]
    steps = [Step(stage, latest.get(stage), is_here=stage == current) for stage in reached]
    if current not in _WAY:
        steps.append(Step(current, latest[current], is_here=True))
    steps += [Step(stage, is_ahead=True) for stage in _WAY[len(reached) :]]
    return Line(tuple(steps), tuple(reversed(story[:-1])))
