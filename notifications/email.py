"""The e-mail channel: a mail and a verdict for each message, one connection for a batch."""

from __future__ import annotations

import base64

from notifications import mime, verdicts
from notifications.batch import Batch
from notifications.channel import Envelope, Traits, Verdict
from notifications.smtp import Connection, EmailSettings, Lost, Parcel, Refused, Security, Stage

__all__ = ["EmailChannel", "EmailSettings", "Security"]

_BEFORE_ANY_MESSAGE = frozenset({Stage.CONNECT, Stage.GREETING, Stage.TLS, Stage.LOGIN})


class EmailChannel(Batch):
    """Mail over SMTP. docs/messages.md says how each answer of a server is judged.

    Inside ``with channel:`` the connection is kept, and opened anew when the server has dropped it. Once
    connecting or logging in has failed there, the rest of the batch gets the same verdict without
    knocking again. Used by one thread at a time.
    """

    name = "email"
    traits = Traits(repeats_safely=True)

    def __init__(self, settings: EmailSettings) -> None:
        self.settings = settings
        self._connection: Connection | None = None
        self._is_batch = False
        self._ill: Verdict | None = None

    def open(self) -> None:
        """Connections are kept from now on; the server is contacted by the first message."""
        self._is_batch, self._ill = True, None

    def send(self, envelope: Envelope) -> Verdict:
        """The verdict of one attempt; nothing that a server, a network or an address does is raised."""
        if self._ill:
            return self._ill
        try:
            parcel = _parcel(envelope)
        except mime.UnsafeHeader:
            return verdicts.refused("unsafe_header", self.settings.locale)
        except mime.BadAddress as error:
            return self._bad_address(envelope, str(error))
        verdict = self._deliver(parcel)
        if not self._is_batch:
            self._hang_up()
        return verdict

    def check(self) -> Verdict:
        """Whether connecting, encrypting and logging in work now; no mail is sent."""
        connection = Connection(self.settings)
        try:
            connection.check()
            return Verdict.accepted()
        except (Refused, Lost) as ending:
            return self._verdict(ending)
        finally:
            connection.close()

    def close(self) -> None:
        """The connection is given back; never raises."""
        self._is_batch, self._ill = False, None
        self._hang_up()

    def _deliver(self, parcel: Parcel) -> Verdict:
        was_kept = self._connection is not None
        try:
            return self._attempt(parcel)
        except (Refused, Lost) as ending:
            if not (was_kept and _went_stale(ending)):
                return self._judge(ending)
        self._hang_up()
        try:
            return self._attempt(parcel)
        except (Refused, Lost) as ending:
            return self._judge(ending)

    def _attempt(self, parcel: Parcel) -> Verdict:
        if self._connection is None:
            self._connection = Connection(self.settings)
        return Verdict.accepted(self._redacted(self._connection.send(parcel)))

    def _judge(self, ending: Refused | Lost) -> Verdict:
        """The verdict; afterwards the connection is fit for the next message or gone."""
        verdict = self._verdict(ending)
        self._recover(ending)
        if self._is_batch and ending.stage in _BEFORE_ANY_MESSAGE:
            self._ill = verdict
        return verdict

    def _verdict(self, ending: Refused | Lost) -> Verdict:
        locale = self.settings.locale
        if isinstance(ending, Lost):
            return verdicts.judge_silence(ending.stage, ending.why, locale)
        answer = verdicts.Answer(ending.code, self._redacted(ending.text))
        return verdicts.judge_answer(ending.stage, answer, locale)

    def _recover(self, ending: Refused | Lost) -> None:
        is_polite = isinstance(ending, Refused) and ending.code != 421
        if not (is_polite and self._connection and ending.stage not in _BEFORE_ANY_MESSAGE):
            return self._hang_up()
        try:
            return self._connection.reset()
        except (Refused, Lost):
            return self._hang_up()

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _bad_address(self, envelope: Envelope, address: str) -> Verdict:
        """A contact's bad address is the contact's; a bad sender or reply address stops the channel."""
        if address == envelope.to_address:
            return verdicts.refused("bad_address", self.settings.locale)
        return verdicts.fault("bad_sender", self.settings.locale)

    def _redacted(self, text: str) -> str:
        user, password = self.settings.username, self.settings.password
        plain = (user, password, f"\0{user}\0{password}") if user else ()
        coded = tuple(base64.b64encode(secret.encode()).decode() for secret in plain)
        return verdicts.redact(text, (*plain, *coded))


def _parcel(envelope: Envelope) -> Parcel:
    """Raises what :func:`notifications.mime.build` raises."""
    mail = mime.build(envelope)
    return Parcel(
        sender=mime.ascii_domain(envelope.from_address),
        recipient=mime.ascii_domain(envelope.to_address),
        content=mail.as_bytes(),
        utf8=mime.needs_utf8(envelope),
    )


def _went_stale(ending: Refused | Lost) -> bool:
    """Whether a kept connection ended before any content was sent, so that a fresh one may try again."""
    if ending.stage is Stage.CONTENT:
        return False
    return ending.code == 421 if isinstance(ending, Refused) else ending.why == "disconnected"
