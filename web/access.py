"""Who may open what: the one place that decides, and a table with every page and form.

Units from outside come by their link and reach what lies below it. Everybody else signs in; what a role
reaches is named for every route. A user of role unit sees the figures of that unit only: pages that show a
single sub-task, case or message ask ``may_see`` as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from engine.roles import READERS, STAFF, Role
from workflows.sign_in import Person


class Access(StrEnum):
    """For whom a page is; ``MATRIX`` names it for every route, and a test fails for one that is missing."""

    ADMIN = "admin"  # settings, users
    DESK = "desk"  # coordinators, admins
    READ = "read"  # leaders too: everything, changing nothing
    ANSWER = "answer"  # units and the desk, not leaders, who only read; the page shows what is theirs
    SIGNED_IN = "signed_in"  # units too; the page shows them what is theirs
    UNIT = "unit"  # users of a unit alone: the page is about their own
    DEMO = "demo"  # whoever looks at the demo
    API = "api"  # a session or the token of another system; answers in JSON, never with the sign-in page
    LINK = "link"  # whoever holds an open report link or feed; the page itself checks it
    PUBLIC = "public"


ROLES: Mapping[Access, frozenset[Role]] = MappingProxyType(
    {
        Access.ADMIN: frozenset({Role.ADMIN}),
        Access.DESK: STAFF,
        Access.READ: READERS,
        Access.ANSWER: STAFF | {Role.UNIT},
        Access.SIGNED_IN: frozenset(Role),
        Access.UNIT: frozenset({Role.UNIT}),
        Access.DEMO: frozenset(Role),
        Access.API: frozenset(Role),
    }
)
OPEN = frozenset({Access.LINK, Access.PUBLIC})
MATRIX: Mapping[str, Access] = MappingProxyType(
    {
        # signing in
        "GET /static": Access.PUBLIC,
        "GET /public/{name}": Access.PUBLIC,
        "GET /sign-in": Access.PUBLIC,
        "POST /sign-in": Access.PUBLIC,
        "POST /sign-out": Access.PUBLIC,
        "GET /sign-in/oidc": Access.PUBLIC,
        "GET /sign-in/oidc/callback": Access.PUBLIC,  # the page itself checks what the browser brings back
        "GET /set-up/{token}": Access.PUBLIC,  # the page itself checks the token
        "POST /set-up/{token}": Access.PUBLIC,
        # the demo
        "POST /demo/day": Access.DEMO,
        "POST /demo/week": Access.DEMO,
        "POST /demo/month": Access.DEMO,
        # 总览, 子任务, 本单位, calendar feeds
        "GET /": Access.SIGNED_IN,  # leads units to their own page
        "GET /tasks.xlsx": Access.READ,
        "GET /feeds/{token}.ics": Access.LINK,
        "GET /mine": Access.UNIT,
        "GET /mine/tasks.xlsx": Access.UNIT,
        "POST /mine/report": Access.UNIT,
        "POST /mine/calendar": Access.UNIT,
        "POST /mine/calendar/revoke": Access.UNIT,
        "GET /subtasks/{number}": Access.SIGNED_IN,
        "GET /subtasks/{number}/package": Access.DESK,
        "POST /subtasks/{number}/remind": Access.DESK,
        "POST /subtasks/{number}/accept": Access.DESK,
        "POST /subtasks/{number}/close": Access.DESK,
        "POST /subtasks/{number}/follow-up": Access.DESK,
        "POST /subtasks/{number}/archive": Access.DESK,
        # 挂图作战
        "GET /wall": Access.READ,
        "GET /wall/months": Access.READ,
        "GET /wall/shares": Access.READ,
        # 节点设置, 消息日历
        "GET /milestones": Access.DESK,
        "POST /milestones": Access.DESK,
        "GET /calendar": Access.READ,
        "GET /calendar/workbook": Access.READ,
        "POST /calendar/again": Access.READ,
        "GET /calendar/compare": Access.DESK,
        "POST /calendar/compare": Access.DESK,
        "GET /calendar/compare/workbook": Access.DESK,
        "GET /milestones/workbook": Access.DESK,
        "GET /milestones/{number}": Access.DESK,
        "POST /milestones/{number}": Access.DESK,
        # 导入
        "GET /imports": Access.DESK,
        "GET /imports/new": Access.DESK,
        "POST /imports/new": Access.DESK,
        "GET /imports/template": Access.DESK,
        "GET /imports/batches.xlsx": Access.DESK,
        "GET /imports/plans/{number}/file": Access.DESK,
        "GET /imports/batches/{number}": Access.DESK,
        "POST /imports/batches/{number}/undo": Access.DESK,
        "GET /imports/contacts": Access.DESK,
        "POST /imports/contacts": Access.DESK,
        "GET /imports/contacts/file": Access.DESK,
        "GET /imports/contacts/{number}": Access.DESK,
        "POST /imports/contacts/{number}": Access.DESK,
        "GET /imports/drafts/{number}": Access.DESK,
        "POST /imports/drafts/{number}": Access.DESK,
        "POST /imports/drafts/{number}/drop": Access.DESK,
        "GET /imports/drafts/{number}/file": Access.DESK,
        # 审核, 变更, 督办单, 消息
        "GET /reviews": Access.READ,
        "GET /reviews/export": Access.READ,
        "GET /reviews/coordination": Access.READ,
        "GET /reviews/{number}/files/{file}": Access.READ,
        "POST /reviews/accept": Access.DESK,
        "POST /reviews/take-back": Access.DESK,
        "POST /reviews/{number}/return": Access.DESK,
        "POST /reviews/coordination/{number}": Access.DESK,
        "GET /changes": Access.READ,
        "GET /changes/export": Access.READ,
        "GET /changes/new": Access.DESK,
        "POST /changes/new": Access.DESK,
        "GET /changes/{number}": Access.READ,
        "GET /changes/{number}/files/{file}": Access.READ,
        "POST /changes/{number}/approve": Access.DESK,
        "POST /changes/{number}/refuse": Access.DESK,
        "POST /changes/{number}/withdraw": Access.DESK,
        "GET /inbox": Access.READ,
        "GET /inbox/{rest:path}": Access.READ,
        "GET /messages": Access.READ,
        "GET /messages/incoming": Access.READ,
        "POST /messages/incoming/{number}": Access.DESK,
        "GET /messages/deliveries": Access.READ,
        "GET /messages.xlsx": Access.READ,
        "POST /messages/settle": Access.DESK,
        "GET /messages/{number}": Access.READ,
        "POST /messages/{number}/resend": Access.DESK,
        "POST /messages/{number}/settle": Access.DESK,
        "GET /messages/{number}/files/{file}": Access.READ,
        "GET /cases": Access.SIGNED_IN,
        "GET /cases/export": Access.SIGNED_IN,
        "GET /cases/new": Access.DESK,
        "POST /cases/new": Access.DESK,
        "GET /cases/{number}": Access.SIGNED_IN,
        "GET /cases/{number}/files/{file}": Access.SIGNED_IN,
        "GET /cases/{number}/notice": Access.SIGNED_IN,
        "POST /cases/{number}/reply": Access.ANSWER,
        "POST /cases/{number}/return": Access.DESK,
        "POST /cases/{number}/close": Access.DESK,
        # 通报, 评估
        "GET /evaluations": Access.READ,
        "GET /evaluations.xlsx": Access.READ,
        "GET /evaluations/preview": Access.READ,
        "GET /evaluations/{number}": Access.READ,
        "GET /bulletins": Access.READ,
        "GET /bulletins.xlsx": Access.READ,
        "GET /bulletins/next": Access.READ,
        "GET /bulletins/publish": Access.READ,
        "POST /bulletins/publish": Access.DESK,
        "GET /bulletins/{number}": Access.READ,
        "GET /bulletins/{number}/file.docx": Access.READ,
        "GET /bulletins/{number}/file.xlsx": Access.READ,
        "POST /bulletins/{number}/approve": Access.DESK,
        "POST /bulletins/{number}/hold": Access.DESK,
        "POST /bulletins/{number}/withdraw": Access.DESK,
        # 单位与联系人, 模板
        "GET /units": Access.READ,
        "GET /units.xlsx": Access.READ,
        "GET /units/new": Access.DESK,
        "POST /units": Access.DESK,
        "GET /units/{number}": Access.READ,
        "POST /units/{number}/contacts": Access.DESK,
        "POST /units/{number}/contacts/{contact}": Access.DESK,
        "POST /units/{number}/contacts/{contact}/succeed": Access.DESK,
        "POST /units/{number}/contacts/{contact}/end": Access.DESK,
        "POST /units/{number}/contacts/{contact}/test": Access.DESK,
        "POST /units/{number}/retry": Access.DESK,
        "POST /units/{number}/confirm": Access.DESK,
        "POST /units/{number}/names": Access.DESK,
        "POST /units/{number}/names/remove": Access.DESK,
        "POST /units/{number}/calendar": Access.DESK,
        "POST /units/{number}/calendar/revoke": Access.DESK,
        "POST /units/{number}/members": Access.DESK,
        "POST /units/{number}/robots": Access.DESK,
        "POST /units/{number}/kind": Access.DESK,
        "POST /units/{number}/remove": Access.DESK,
        "POST /units/{number}/links": Access.DESK,
        "POST /units/{number}/links/revoke": Access.DESK,
        "GET /settings/templates": Access.ADMIN,
        "GET /settings/templates/{kind}/{locale}": Access.ADMIN,
        "POST /settings/templates/{kind}/{locale}": Access.ADMIN,
        "POST /settings/templates/{kind}/{locale}/preview": Access.ADMIN,
        "GET /settings/templates/{kind}/{locale}/values": Access.ADMIN,
        "POST /settings/templates/{kind}/{locale}/restore": Access.ADMIN,
        "POST /settings/templates/{kind}/{locale}/reset": Access.ADMIN,
        # 设置
        "GET /settings": Access.DESK,
        "GET /settings/channels": Access.ADMIN,
        "GET /settings/channels/{name}": Access.ADMIN,
        "POST /settings/channels/{name}": Access.ADMIN,
        "POST /settings/channels/{name}/test": Access.ADMIN,
        "POST /settings/channels/{name}/retire": Access.ADMIN,
        "GET /settings/channel-kinds/{kind}": Access.ADMIN,
        "POST /settings/channel-kinds/{kind}": Access.ADMIN,
        "GET /settings/plan": Access.DESK,
        "POST /settings/plan": Access.DESK,
        "POST /settings/plan/preview": Access.DESK,
        "GET /settings/policy": Access.DESK,
        "GET /settings/policy.xlsx": Access.DESK,
        "POST /settings/policy": Access.DESK,
        "POST /settings/policy/preview": Access.DESK,
        "POST /settings/policy/compare": Access.DESK,
        "GET /settings/years": Access.DESK,
        "POST /settings/years": Access.DESK,
        "GET /settings/backup": Access.ADMIN,
        "POST /settings/backup": Access.ADMIN,
        "POST /settings/backup/download": Access.ADMIN,
        "GET /settings/audit": Access.READ,
        "GET /settings/audit.xlsx": Access.READ,
        "GET /settings/audit/verify": Access.READ,
        "GET /service": Access.DESK,
        "GET /service.xlsx": Access.DESK,
        "GET /service/release": Access.DESK,
        "GET /service/release.xlsx": Access.DESK,
        "POST /service/release": Access.DESK,
        # users, tokens, one's own account
        "GET /settings/users": Access.ADMIN,
        "GET /settings/users.xlsx": Access.ADMIN,
        "POST /settings/users": Access.ADMIN,
        "GET /settings/users/{number}": Access.ADMIN,
        "POST /settings/users/{number}": Access.ADMIN,
        "POST /settings/users/{number}/account": Access.ADMIN,
        "POST /settings/users/{number}/retire": Access.ADMIN,
        "POST /settings/users/{number}/reactivate": Access.ADMIN,
        "POST /settings/users/{number}/link": Access.ADMIN,
        "POST /settings/users/{number}/end-sessions": Access.ADMIN,
        "GET /settings/tokens": Access.ADMIN,
        "GET /settings/tokens.xlsx": Access.ADMIN,
        "POST /settings/tokens": Access.ADMIN,
        "POST /settings/tokens/{number}/revoke": Access.ADMIN,
        "GET /account": Access.SIGNED_IN,
        "POST /account/language": Access.SIGNED_IN,
        "POST /account/password": Access.SIGNED_IN,
        "POST /account/sessions/{number}/end": Access.SIGNED_IN,
        # health, API
        "GET /api/v1/whoami": Access.API,
        "GET /healthz": Access.PUBLIC,
        "GET /readyz": Access.PUBLIC,
        "GET /metrics": Access.API,  # readers only; the page itself checks it
        "GET /api/v1/openapi.json": Access.API,
        "GET /api/v1/plans": Access.API,
        "GET /api/v1/projects": Access.API,
        "GET /api/v1/subtasks": Access.API,
        "GET /api/v1/subtasks/{number}": Access.API,
        "GET /api/v1/standings": Access.API,
        "GET /api/v1/wall": Access.API,
        "GET /api/v1/bulletins": Access.API,
        "GET /api/v1/bulletins/{number}": Access.API,
        "GET /api/v1/evaluations": Access.API,
        "GET /api/v1/evaluations/{number}": Access.API,
        "GET /api/v1/cases": Access.API,
        "GET /api/v1/health": Access.API,
        # by link
        "GET /r/{token}": Access.LINK,
        "POST /r/{token}/sign": Access.LINK,
        "GET /r/{token}/tasks/{number}": Access.LINK,
        "POST /r/{token}/tasks/{number}": Access.LINK,
        "GET /r/{token}/shares/{number}": Access.LINK,
        "POST /r/{token}/shares/{number}": Access.LINK,
        "GET /r/{token}/files/{number}": Access.LINK,
        "GET /r/{token}/enclosures/{number}": Access.LINK,
        "GET /r/{token}/cases/{number}": Access.LINK,
        "POST /r/{token}/cases/{number}": Access.LINK,
        "GET /r/{token}/cases/{number}/files/{file}": Access.LINK,
        "GET /r/{token}/cases/{number}/notice": Access.LINK,
        "GET /r/{token}/wrong-person": Access.LINK,
        "POST /r/{token}/wrong-person": Access.LINK,
        "GET /r/{token}/workbook": Access.LINK,
        "POST /r/{token}/workbook": Access.LINK,
        "GET /r/{token}/workbook/file": Access.LINK,
        "GET /r/{token}/changes": Access.LINK,
        "POST /r/{token}/changes": Access.LINK,
        "POST /r/{token}/changes/{number}/withdraw": Access.LINK,
    }
)


def access_to(method: str, path: str) -> Access:
    """For whom that route is; a route that nobody thought of is for admins."""
    return MATRIX.get(f"{'GET' if method == 'HEAD' else method} {path}", Access.ADMIN)


def may_open(role: Role, access: Access) -> bool:
    """Whether somebody of that role may open it."""
    return access in OPEN or role in ROLES[access]


def leads_to(role: Role, path: str, method: str = "GET") -> bool:
    """Whether there is such a page or form at that path, as the routes write it, and that role may open it."""
    key = f"{method} {path}"
    return key in MATRIX and may_open(role, MATRIX[key])


def page_at(route: str, path: str) -> str:
    """The page that a form below it belongs to: of ``/units/7/names`` with the route of that form ``/units/7``.

    A path with a page of its own, and one above which there is none, is left as it is.
    """
    steps, names = route.split("/"), path.split("/")
    for length in range(len(steps), 1, -1):
        if f"GET {'/'.join(steps[:length])}" in MATRIX:
            return "/".join(names[:length])
    return path


def may_see(session: Session, person: Person, subtask_id: int) -> bool:
    """Whether the sub-task's figures are for that person: everything for staff and leaders, one's own for a unit."""
    if person.role is not Role.UNIT:
        return True
    work, quota, indicator = tables.Assignment, tables.Quota, tables.Indicator
    own = select(col(work.id)).where(col(work.subtask_id) == subtask_id, col(work.unit_id) == person.unit_id)
    share = (
        select(col(quota.id))
        .join(indicator, col(indicator.id) == col(quota.indicator_id))
        .where(col(indicator.subtask_id) == subtask_id, col(quota.unit_id) == person.unit_id)
    )
    return any(session.execute(query.limit(1)).first() is not None for query in (own, share))


def is_by_link(path: str) -> bool:
    """Whether the path belongs to the holders of report links."""
    return path.startswith("/r/")
