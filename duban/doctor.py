"""体检: every check has a stable id, a level and a sentence that says what to do. Nothing is changed."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import given_up, hold, plans, tables
from db.calendar import load_calendar
from db.session import Database
from duban.checkup import Check, Level, named
from duban.doctor_channels import channel_checks
from duban.doctor_oidc import oidc_checks
from duban.keys import key_path
from duban.settings import Settings, config_path, load_settings
from duban.wiring import email_of, now, office_of
from engine.errors import DubanError
from engine.model import FINISHED_STATES
from workflows.look_round import ANNOUNCED_FROM
from workflows.office import Office, recipient_of
from workflows.set_up_gaps import DESK_UNREACHED, NO_ADMIN, PLAIN_HTTP, gaps
from workflows.status import is_running, last_sweep

FIRST_YEAR = 2024  # a clock before that has lost its battery
SAFE_SQLITE = (3, 51, 3)  # before, two processes may both reset the write-ahead log
LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000
SILENCE = timedelta(minutes=10)


def examine(config: Path | None) -> list[Check]:
    """All checks that can be made; a broken configuration or database ends them early."""
    try:
        settings = load_settings(config)
    except DubanError as error:
        return [Check("config", "error", error.message)]
    checks = [Check("config", "ok", "配置没有写错的名称和不合适的值"), *_secrecy(settings, config)]
    with closing(Database(settings.database_url, lock_seconds=2.0)) as database:
        checks += [*_links(settings), *_database_and_beyond(database, settings), *_mail(settings)]
        return [*checks, *oidc_checks(settings, now())]


def _secrecy(settings: Settings, config: Path | None) -> Iterator[Check]:
    path = config or config_path()
    secrets = settings.smtp.password, settings.oidc.client_secret
    if path and any(one.get_secret_value() for one in secrets) and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Check("secrecy", "warning", f"{path} 里有密码，而别的用户也能读：请执行 chmod 600 {path}")


def _links(settings: Settings) -> Iterator[Check]:
    if not settings.link_base:
        yield Check("links", "warning", "邮件里没有填报链接：请在配置中填写 base_url（各单位打开页面的地址）")
        return
    path = key_path(settings.key_file, settings.database_url)
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Check("links", "warning", f"别的用户能读填报链接的密钥 {path}：请执行 chmod 600 {path}")


def _database_and_beyond(database: Database, settings: Settings) -> list[Check]:
    if database.path is not None and not database.path.exists():
        return [Check("database", "ok", f"还没有数据库：第一次使用时会建立 {database.path}")]
    checks: list[Check] = []
    try:
        checks += _revision(database)
        if any(one.level == "error" for one in checks):
            return checks
        checks += _sqlite(database)
        office = office_of(settings, database)
        with database.read() as session:
            checks += _contents(session, office, settings, now())
            checks += _service(session, is_running(database), now())
        checks += channel_checks(database, office, settings, now())
    except DubanError as error:
        checks.append(Check("database", "error", error.message))
    return checks


def _revision(database: Database) -> Iterator[Check]:
    present, newest = database.revision()
    if present == newest:
        yield Check("database", "ok", "数据库可用，表结构是最新的")
    elif present is None:
        yield Check("database", "error", "数据库里没有督办的表：请核对配置项 database_url，或用任一命令建立")
    else:
        yield Check("database", "error", f"表结构是 {present}，程序需要 {newest}：请停止服务、备份后重新启动")


def _sqlite(database: Database) -> Iterator[Check]:
    if database.path is None:
        return
    with database.engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    old = sqlite3.sqlite_version_info < SAFE_SQLITE
    if mode != "wal":
        yield Check("sqlite", "error", f"SQLite 的日志方式是 {mode} 而不是 wal：请把文件放在本机磁盘上")
    elif old and is_running(database):
        yield Check(
            "sqlite",
            "warning",
            f"SQLite {sqlite3.sqlite_version} 低于 3.51.3：服务运行时请少用写入的命令，或升级 SQLite",
        )
    else:
        yield Check("sqlite", "ok", f"SQLite {sqlite3.sqlite_version}，日志方式 wal")
    if sound != "ok":
        yield Check("integrity", "error", "数据库文件有损坏：请停止服务，用最近的备份恢复")
    else:
        yield Check("integrity", "ok", "数据库文件完好")
    yield _space(database.path)
    yield _lock(database)


def _space(path: Path) -> Check:
    free = shutil.disk_usage(path.parent).free
    level: Level = "error" if free < NO_SPACE else "warning" if free < LITTLE_SPACE else "ok"
    what = "" if level == "ok" else "：请清理磁盘"
    return Check("disk", level, f"数据库所在磁盘还有 {free // 1_000_000} MB{what}")


def _lock(database: Database) -> Check:
    try:
        with database.write():
            pass
    except DubanError as error:
        return Check("lock", "error", error.message)
    return Check("lock", "ok", "可以写入")


def _contents(session: Session, office: Office, settings: Settings, at: datetime) -> Iterator[Check]:
    yield _clock(session, at)
    yield from _calendar(session, at)
    yield from _contacts(session, office, settings)
    yield from _lacking(session, office, settings)
    yield _leases(session, at)
    yield _given_up(session)
    yield _sending(session)


def _clock(session: Session, at: datetime) -> Check:
    moments = [
        session.execute(select(func.max(column))).scalar()
        for column in (col(tables.Mark.at), col(tables.Message.created_at), col(tables.Event.at))
    ]
    latest = max((one for one in moments if one is not None), default=None)
    if at.year < FIRST_YEAR:
        return Check("clock", "error", f"系统时间是 {at:%Y-%m-%d}，不可信：请校准时钟")
    if latest and latest > at + SILENCE:
        return Check(
            "clock", "error", f"数据库里有 {latest:%Y-%m-%d %H:%M} UTC 的记录，晚于系统时间：请校准时钟"
        )
    return Check("clock", "ok", f"系统时间 {at:%Y-%m-%d %H:%M} UTC")


def _calendar(session: Session, at: datetime) -> Iterator[Check]:
    calendar = load_calendar(session)
    wanted = [at.year] + ([at.year + 1] if (at.month, at.day) >= ANNOUNCED_FROM else [])
    wanted += [plan.year for plan in plans.load_plans(session)]
    unknown = [str(year) for year in sorted(set(wanted)) if calendar.source(year) == "estimate"]
    if unknown:
        years = "、".join(unknown)
        yield Check(
            "calendar", "warning", f"{years}年的放假安排是估算的：请在公布后用 duban calendar set 录入"
        )
    else:
        yield Check("calendar", "ok", "用到的年份都有放假安排")


def _contacts(session: Session, office: Office, settings: Settings) -> Iterator[Check]:
    missing = _leads_out_of_reach(session, office)
    if missing:
        yield Check(
            "contacts",
            "error",
            f"{len(missing)} 个牵头单位没有可用的联系方式（{named(missing)}）：请用 duban contacts import 登记",
        )
    elif settings.default_channel != "email":
        yield Check("contacts", "ok", "没有联系方式的单位，消息进站内收件箱；要发邮件，请填写 smtp.host")
    else:
        yield Check("contacts", "ok", "牵头单位都有联系方式")


def _lacking(session: Session, office: Office, settings: Settings) -> Iterator[Check]:
    lacking = gaps(session, office, settings.link_base, settings.oidc.issuer)
    if NO_ADMIN in lacking:
        sentence = "没有能登录的管理员，渠道、模板和用户没有人能改：请用 duban users invite 邀请一位"
        yield Check("admin", "warning", sentence)
    if PLAIN_HTTP in lacking:
        yield Check(
            "plain_http",
            "warning",
            f"页面地址 {settings.link_base} 是 http，密码和登录会话在网络上不加密：请在前面放 https 的反向代理，把 base_url 改成 https",
        )
    is_unreached = DESK_UNREACHED in lacking or not plans.coordinator_posts(session)
    if settings.default_channel == "email" or DESK_UNREACHED in lacking:
        yield _coordinators(settings, is_unreached)


def _coordinators(settings: Settings, is_unreached: bool) -> Check:
    if is_unreached:
        sentence = "没有一位督查员收得到消息，验收请求和故障无人收到：请在联系人表中登记督查员"
        return Check("coordinators", "error", sentence)
    if not settings.coordinator.email:
        sentence = "没有填写 coordinator.email，单位回复的邮件会回到发件地址：请填写督查科室的邮箱"
        return Check("coordinators", "warning", sentence)
    return Check("coordinators", "ok", "督查员收得到消息，单位的回复能送到督查科室")


def _leads_out_of_reach(session: Session, office: Office) -> list[str]:
    """Units that lead open work and whose liaison nobody could write to, by any channel."""
    work, unit, post = tables.Assignment, tables.Unit, tables.Post
    query = (
        select(col(unit.name), col(post.id))
        .join(work, col(work.unit_id) == col(unit.id))
        .join(tables.SubTask, col(tables.SubTask.id) == col(work.subtask_id))
        .join(tables.Plan, col(tables.Plan.id) == col(tables.SubTask.plan_id))
        .outerjoin(post, (col(post.unit_id) == col(unit.id)) & (col(post.kind) == "liaison"))
        .where(col(work.role).in_(plans.LEADING), col(tables.Plan.state) == "active")
        .where(col(tables.SubTask.state).notin_((*FINISHED_STATES, "terminated")))
        .distinct()
        .order_by(col(unit.name))
    )
    return [
        name
        for name, post_id in session.execute(query).all()
        if (post_id is None and office.default_channel == "email")
        or (post_id is not None and recipient_of(session, office, post_id) is None)
    ]


def _leases(session: Session, at: datetime) -> Check:
    message = tables.Message
    query = (
        select(func.count())
        .where(col(message.state) == "sending")
        .where(col(message.lease_until) < at - SILENCE)
    )
    stuck = session.execute(query).scalar() or 0
    if stuck:
        return Check(
            "leases", "warning", f"{stuck} 封消息发到一半没有结果：服务运行后会按原样重发，请确认服务在运行"
        )
    return Check("leases", "ok", "没有发到一半的消息")


def _given_up(session: Session) -> Check:
    number = given_up.count_unsettled(session)
    if number:
        return Check(
            "given_up",
            "warning",
            f"{number} 封消息未能送达，还没有处理：原因见 duban messages --state given_up",
        )
    return Check("given_up", "ok", "没有放弃的消息")


def _sending(session: Session) -> Check:
    held = hold.held(session)
    if held is None:
        return Check("sending", "ok", "发送没有暂停")
    sentence = (
        f"恢复了 {held.backup_of:%Y-%m-%d %H:%M} UTC 的备份，发送已暂停：请用 duban release --list 查看并决定"
    )
    return Check("sending", "error", sentence)


def _service(session: Session, running: bool | None, at: datetime) -> Iterator[Check]:
    swept = last_sweep(session)
    silent = swept is None or at - swept > SILENCE
    if running is False:
        yield Check("service", "warning", "服务没有运行，到期的提醒不会发出：请用 duban serve 启动")
    elif silent and swept is not None:
        sentence = f"上次巡检是 {swept:%Y-%m-%d %H:%M} UTC，早了太多：请查看服务的日志"
        yield Check("service", "error", sentence)
    elif silent:
        yield Check("service", "warning", "还没有巡检过：请用 duban serve 启动服务")
    else:
        yield Check("service", "ok", f"服务在运行，上次巡检 {swept:%H:%M} UTC")


def _mail(settings: Settings) -> Iterator[Check]:
    email = email_of(settings)
    if email is None:
        yield Check("mail", "ok", "没有配置邮件，消息只进站内收件箱")
        return
    from notifications.email import EmailChannel

    verdict = EmailChannel(email).check()
    if verdict.is_accepted:
        yield Check("mail", "ok", f"邮件服务器 {email.host}:{email.port} 连得上，加密和登录正常")
    else:
        yield Check("mail", "error", " ".join(part for part in (verdict.reason, verdict.answer) if part))
