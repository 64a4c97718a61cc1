"""Who somebody is to the system, and what each role may do; how pages ask is in ``web.access``."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Of a user; a coordinator may do what a leader may, an admin what a coordinator may."""

    ADMIN = "admin"  # 管理员: users, channels, settings
    COORDINATOR = "coordinator"  # 督查专员: imports, milestones, reviews, cases
    LEADER = "leader"  # 分管领导: reads everything
    UNIT = "unit"  # 单位: its own figures only


STAFF = frozenset({Role.ADMIN, Role.COORDINATOR})
READERS = STAFF | {Role.LEADER}
