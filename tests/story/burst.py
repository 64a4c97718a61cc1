"""Five hundred units and one DingTalk robot: the office, and a worker that can be killed at any step.

Run as a module it is one turn of deliver: database, address of the vendor, moment, and after how many steps
it kills itself (0: not at all).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from db.session import Database
from notifications.dingtalk_robot import DingTalkRobot
from notifications.inbox import InboxChannel
from notifications.kinds import ChannelConfig, Network
from tests.vendors.dingtalk import RobotOffice
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.sweep import sweep

ROBOT = "督查工作群"
MORNING = at("2024-03-26T09:31")
UNITS = [f"第{number:03}街道办事处" for number in range(1, 501)]


def office(base_url: str, clock: Callable[[], datetime]) -> Office:
    """An office that says everything through the robot."""
    host = base_url.removeprefix("http://")
    config = ChannelConfig(
        ROBOT, {"base_url": base_url}, {"access_token": RobotOffice.token, "secret": RobotOffice.secret}
    )
    robot = DingTalkRobot(config, Network(clock, hosts=(host,)))
    return replace(INBOX, channels={ROBOT: robot, "inbox": InboxChannel()}, default_channel=ROBOT)


def fill(database: Database, base_url: str) -> None:
    """A reminder for each unit waits for the robot."""
    build(database, *(Task(f"{place}.1", lead=name) for place, name in enumerate(UNITS, 1)), coordinator=None)
    sweep(database, MORNING)
    compose(database, office(base_url, lambda: MORNING), MORNING)


def main(database_url: str, base_url: str, moment: str, last_step: str) -> None:
    """One turn; SIGKILL at that step."""
    now, steps = datetime.fromisoformat(moment), 0

    def step(_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == int(last_step):
            os.kill(os.getpid(), signal.SIGKILL)

    deliver(Database(database_url), office(base_url, lambda: now), now, clock=lambda: now, pause=step)


if __name__ == "__main__":
    main(*sys.argv[1:])
