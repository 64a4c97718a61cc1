"""The token of a vendor's application: fetched when it is needed, kept while it is good, renewed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from notifications.answers import failed, object_of, verdict_of
from notifications.channel import Verdict, VerdictKind
from notifications.http import Client, Failed, HttpAnswer

LIFETIME = 7200.0  # seconds of a token, if the vendor does not say; none is kept for longer
EARLY = 300.0  # seconds before its end from which it is not used any more


class Tokens:
    """``fetch`` asks the vendor, ``judge`` tells what its answer means; the answer holds the token as
    ``token_name`` and its lifetime in seconds as ``span_name``. ``clock`` counts seconds."""

    def __init__(
        self,
        client: Client,
        fetch: Callable[[], HttpAnswer],
        judge: Callable[[HttpAnswer], Verdict],
        token_name: str,
        span_name: str,
        clock: Callable[[], float],
        locale: str,
    ) -> None:
        self._client, self._fetch, self._judge = client, fetch, judge
        self._token_name, self._span_name = token_name, span_name
        self._clock, self._locale = clock, locale
        self._held, self._ends = "", 0.0

    def authorized(
        self, call: Callable[[str], HttpAnswer], has_ended: Callable[[HttpAnswer], bool]
    ) -> HttpAnswer | Verdict:
        """The answer to the call with a token, or why there is none.

        A token that the vendor knows no longer, although its time has not come, is fetched anew once.
        """
        for is_last in (False, True):
            token = self._present()
            if isinstance(token, Verdict):
                return token
            try:
                answer = call(token)
            except Failed as error:
                return failed(error, self._locale)
            if is_last or not has_ended(answer):
                break
            self._held = ""
        return answer

    def _present(self) -> str | Verdict:
        asked_at = self._clock()
        if self._held and asked_at < self._ends:
            return self._held
        try:
            answer = self._fetch()
        except Failed as error:
            return self._none(failed(error, self._locale))
        verdict, said = self._judge(answer), object_of(answer) or {}
        token = said.get(self._token_name)
        if not verdict.is_accepted:
            return self._none(verdict)
        if not isinstance(token, str) or not token:
            return verdict_of("busy", self._locale)
        self._client.hide(token)
        lifetime = _seconds(said.get(self._span_name))
        self._held, self._ends = token, asked_at + max(lifetime - EARLY, lifetime / 2)
        return token

    def _none(self, verdict: Verdict) -> Verdict:
        """Without a token no message was sent, so none can have arrived, and none was refused for itself."""
        if verdict.ambiguous or verdict.code == "unknown_answer":
            return verdict_of("busy", self._locale, verdict.answer)
        if verdict.kind is VerdictKind.PERMANENT and not verdict.channel_fault:
            return verdict_of("credentials_refused", self._locale, verdict.answer)
        return verdict


def _seconds(said: Any) -> float:
    try:
        return max(0.0, min(float(said), LIFETIME))
    except (TypeError, ValueError):
        return LIFETIME
