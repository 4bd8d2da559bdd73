"""What a market's figures make the house do by itself: warn early, pause late and only on proof, stop at once for harm.

Pure: plain values in, one judgement out. The house may only narrow by itself; whoever widens again is a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# These pause in safety mode, in which payments under way are ended.
SAFETY = frozenset({"recall_open", "accident"})
SAFETY_METRICS = frozenset({"safety_contacts"})
LAST_ANSWERS = 20
MOST_LATE = LAST_ANSWERS // 10  # of the last 20 first answers: one more, and a tenth or more waits beyond the promise
MOST_FORGOTTEN = 2
BACKLOG = "backlog"


@dataclass(frozen=True, slots=True)
class HardEvent:
    """What happened: `about` names the recall, incident, paper or product. `began` is None for what simply is so."""

    code: str
    about: str = ""
    began: datetime | None = None

    @property
    def safety(self) -> bool:
        """Whether people may come to harm."""
        return self.code in SAFETY

    def is_news(self, since: datetime) -> bool:
        """Whether it pauses a market that sells `since` then: who resumed with an old recall open has weighed it."""
        return self.began is None or self.began >= since


@dataclass(frozen=True, slots=True)
class Guarded:
    """One metric as the guard sees it: `decision` by the rule that holds at every look, `warned` by the earlier one."""

    metric: str
    role: str
    decision: str
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Backlog:
    """Requests without a first answer, in promised hours: `forgotten` have waited more than twice as long as promised.

    `late` of the `answered` last first answers (at most 20) came after the promise.
    """

    forgotten: int = 0
    answered: int = 0
    late: int = 0

    @property
    def slow(self) -> bool:
        """Whether the 90th percentile of the last 20 first answers lies beyond the promise."""
        return self.answered >= LAST_ANSWERS and self.late > MOST_LATE

    @property
    def warns(self) -> bool:
        """One request forgotten, or slow answers: somebody should look."""
        return self.forgotten > 0 or self.slow

    @property
    def pauses(self) -> bool:
        """More customers than a soft launch may bring wait in vain: several forgotten, or one while all is slow."""
        return self.forgotten > MOST_FORGOTTEN or (self.forgotten > 0 and self.slow)


NO_BACKLOG = Backlog()


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that the house takes by itself: by which rule (`guardrail:dispute_rate`, `hard:recall_open`), how."""

    rule: str
    mode: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do: at most one pause, by the gravest reason, and the metrics to warn of (`backlog` among them)."""

    pause: Pause | None = None
    warnings: tuple[str, ...] = ()


def judge(
    metrics: Iterable[Guarded],
    hard: Iterable[HardEvent],
    backlog: Backlog = NO_BACKLOG,
    *,
    since: datetime,
) -> Judgement:
    """The judgement on a market that sells since then. Harm comes before law, law before figures, figures before backlog.

    Only a metric whose role is `pause` pauses, and only at a breach; one whose role is advisory is never warned of.
    """
    guarded = list(metrics)
    pauses = [
        *(
            Pause(f"hard:{each.code}", "safety" if each.safety else "sell_stop", each.about)
            for each in sorted(hard, key=lambda each: not each.safety)
            if each.is_news(since)
        ),
        *(
            Pause(f"guardrail:{each.metric}", "safety" if each.metric in SAFETY_METRICS else "sell_stop")
            for each in sorted(guarded, key=lambda each: each.metric not in SAFETY_METRICS)
            if each.role == "pause" and each.decision == "breach"
        ),
        *([Pause(f"guardrail:{BACKLOG}", "sell_stop")] if backlog.pauses else []),
    ]
    warned = [each.metric for each in guarded if each.role != "advisory" and (each.warned or each.decision == "breach")]
    return Judgement(pauses[0] if pauses else None, (*warned, *([BACKLOG] if backlog.warns else [])))
