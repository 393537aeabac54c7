"""A receiver that does not take one reminder holds up no other, and gets it again."""

from __future__ import annotations

import sys
from pathlib import Path

from trials import Timers

from ir_policy.testing.host.processes import run

REFUSING = """
create table first_of_all as select min(key) as key from outbox where sent_at is null;
create function not_yet() returns trigger language plpgsql as $$ begin
    if new.key = (select key from first_of_all) and exists(
        select from outbox o where o.sent_at is null and o.key <> new.key) then
        raise 'not before the others';
    end if;
    return new;
end $$;
create trigger not_yet before insert on delivered for each row execute function not_yet();
"""
AT_ONCE_AGAIN = """
import sys, importlib
host = importlib.import_module(sys.argv[1])
host.AGAIN *= 0
host.work(sys.argv[2], True)
"""


def test_one_that_is_not_taken_is_sent_again(timers: Timers, url: str, tmp_path: Path) -> None:
    """The first reminder of an incident is refused until all others are told."""
    waiting = timers.overdue(tmp_path, "inc-1")
    timers.db.execute(REFUSING)
    run([sys.executable, "-c", AT_ONCE_AGAIN, timers.module, url], timers.host().environment)
    assert timers.effects().keys() == waiting
    assert len(waiting) > 2
