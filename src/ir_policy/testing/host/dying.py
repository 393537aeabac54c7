"""The program that takes appends is killed while clients append, who send each event until it is acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event as Flag
from threading import Lock
from typing import Final

from ir_policy.log.events import Event
from ir_policy.testing import told
from ir_policy.testing.host.contract import Answer, Host
from ir_policy.testing.host.processes import PATIENCE, HostFailed, folder, run, seconds, until, wait
from ir_policy.testing.host.report import Trial
from ir_policy.testing.host.serving import AGAIN, Served, writer_of
from ir_policy.testing.host.story import (
    HOURS,
    Story,
    everything_at_once,
    last_of,
    stored,
    strangers,
    to_tell,
    written,
)
from ir_policy.testing.host.telling import where_it_stands

__all__ = ["killed_writers"]

LOOK: Final = 0.001
ROUND: Final = 5
"""In so many steps a kill is moved through the time that an append takes."""
AT_ONE: Final = 2
"""Clients that append to the same incident."""


def killed_writers(
    host: Host, appends: int = 60, kills: int = 4, clients: int = 4, story: Story | None = None
) -> Trial:
    """At least so many appends by clients that do not give up; so often the program that takes them is killed."""
    trial = Trial("writers that are killed", dict.fromkeys((APPENDS, KILLS, REPEATS), 0))
    trial.noted = dict.fromkeys((BEFORE, AFTER), 0)
    story = story or everything_at_once(host.policy)
    stories = [story(f"kit-{number}") for number in range(max(clients // AT_ONE, 1))]
    now = last_of(stories[0])
    more = max(-(-appends // len(stories)) - len(stories[0]) + 1, 0)
    told_to = [[*events, *(_note(events[0].incident, number, now) for number in range(more))] for events in stories]
    try:
        writer_of(host)
        with folder() as logs:
            run(host.prepare(written(logs, [events[:1] for events in stories]), now), host.environment)
        begun = [where_it_stands(host, trial, events[:1]) for events in stories]
        clients_ = [
            _Client(events[1 + part :: AT_ONE], stands)
            for events, stands in zip(told_to, begun, strict=True)
            for part in range(AT_ONE)
        ]
        with Served(host, now) as served:
            landed = _Killing(served, clients_).all(kills)
        run(host.poll(now + HOURS), host.environment)
    except HostFailed as error:
        trial.wrong.append(str(error))
        return trial
    _count(trial, clients_, landed, kills)
    _judge(host, trial, told_to, clients_, now + HOURS)
    return trial


def _note(incident: str, number: int, now: datetime) -> Event:
    return told("note", now, "kit", incident, id=f"kill-{number}", text=f"kill-{number}")


def _count(trial: Trial, clients: Sequence[_Client], landed: int, kills: int) -> None:
    cut = [new for client in clients for new in client.cut]
    repeats = sum(client.repeats for client in clients)
    trial.examined |= {APPENDS: sum(client.done for client in clients), KILLS: landed, REPEATS: repeats}
    trial.noted = {BEFORE: cut.count(True), AFTER: cut.count(False)}
    trial.wrong += [sentence for client in clients for sentence in client.wrong]
    if landed < kills:
        trial.wrong.append(f"only {landed} of {kills} kills came while an append was on its way: ask for more appends")


def _judge(
    host: Host, trial: Trial, told_to: Sequence[Sequence[Event]], clients: Sequence[_Client], at: datetime
) -> None:
    kept = []
    for number, events in enumerate(told_to):
        seq, head = max(client.stands for client in clients[number * AT_ONE : (number + 1) * AT_ONE])
        incident = stored(host, trial, events, seq, head)
        if incident is not None:
            strangers(trial, incident, events)
            kept.append(incident)
    due = to_tell(kept, at)
    trial.examined["reminders due"] = len(due)
    trial.count(host.effects(), due)


APPENDS: Final = "appends"
KILLS: Final = "kills while appends were on their way"
REPEATS: Final = "acknowledged appends sent again after a kill"
BEFORE: Final = "cut off before they were stored"
AFTER: Final = "cut off after they were stored"


class _Client:
    """Sends its events one after the other, each until it is acknowledged; after a kill the one before again, as if its
    answer had been lost."""

    def __init__(self, events: Sequence[Event], stands: tuple[int, str]) -> None:
        self.events = events
        self.stands = stands
        self.done = 0
        self.repeats = 0
        self.cut: list[bool] = []
        """For each append that a kill cut off: whether it had to be stored anew."""
        self.wrong: list[str] = []

    def acknowledged(self, event: Event, answer: Answer) -> bool:
        """Whether that answer says that the event is in the log: now, or since before."""
        before, self.stands = self.stands, (answer.seq, answer.head)
        if answer.stored and answer.seq != before[0] + 1:
            self.wrong.append(f"{event.id} was stored as event {answer.seq} after event {before[0]}")
        return answer.stored or self.stands == before  # else somebody was faster, or it is there: once more says which


class _Killing:
    """Clients at work, and kills that come a little later in an append each time."""

    def __init__(self, served: Served, clients: Sequence[_Client]) -> None:
        self._served = served
        self._clients = clients
        self._total = sum(len(client.events) for client in clients)
        self._over = Flag()
        self._counting = Lock()
        self._killed: list[float] = []
        self._landed: set[int] = set()
        self._took: list[float] = []
        self._on_way: set[int] = set()
        """Clients that wait for an answer."""

    def all(self, kills: int) -> int:
        """Send everything and kill so often; how many kills cut an append off."""
        with ThreadPoolExecutor(len(self._clients)) as pool:
            sending = [pool.submit(self._send, client) for client in self._clients]
            try:
                for number in range(kills):
                    self._kill_at(self._total * (number + 1) // (kills + 1), number)
                for one in sending:
                    one.result()
            finally:
                self._over.set()
        return len(self._landed)

    def _kill_at(self, goal: int, number: int) -> None:
        until(lambda: self._done() >= goal or not self._served.runs, LOOK)
        took = sorted(self._took)[len(self._took) // 2] if self._took else 0.0
        wait(took * (number % ROUND) / ROUND)
        until(lambda: bool(self._on_way), LOOK / 10, within=1.0)
        self._killed.append(seconds())
        self._served.kill()
        self._served.start()

    def _done(self) -> int:
        return sum(client.done for client in self._clients)

    def _send(self, client: _Client) -> None:
        before: Event | None = None
        for event in client.events:
            cut, new = self._until_acknowledged(client, event)
            client.done += 1
            if cut:
                client.cut.append(new)
            if cut and before is not None:
                self._until_acknowledged(client, before)
                client.repeats += 1
            before = event

    def _until_acknowledged(self, client: _Client, event: Event) -> tuple[bool, bool]:
        """Whether a kill cut the event off, and whether it was stored by the answer that came at last."""
        last, cut = seconds() + PATIENCE, False
        while not self._over.is_set():
            begun = seconds()
            self._on_way.add(id(client))
            try:
                answer = self._served.append(event, client.stands)
            except Exception as error:
                cut = self._cut_off(begun) or cut
                if seconds() > last:
                    raise HostFailed(
                        f"{event.id} was not acknowledged in {PATIENCE:.0f} seconds: {type(error).__name__}: {error}"
                    ) from error
                wait(AGAIN)
                continue
            finally:
                self._on_way.discard(id(client))
            self._took.append(seconds() - begun)
            if client.acknowledged(event, answer):
                return cut, answer.stored
        raise HostFailed(f"{event.id} was given up, since the trial was over")

    def _cut_off(self, begun: float) -> bool:
        """Whether the last kill came after that instant."""
        with self._counting:
            if not self._killed or begun > self._killed[-1]:
                return False
            self._landed.add(len(self._killed))
            return True
