"""The ping outward: a watcher elsewhere gives the alarm when it stays away."""

from __future__ import annotations

from duban.settings import Settings
from duban.wiring import network_of
from notifications.http import Client, Failed
from notifications.kinds import Network

TAKEN = "ok"


class Heartbeat:
    """One address, on a host that the operator has listed; it may hold a secret, which no answer here repeats."""

    def __init__(self, url: str, network: Network) -> None:
        self._url = url
        self._client = Client(network)

    def beat(self) -> str:
        """``ok``, else a code word for why it was not taken; never raises for what the far end does."""
        try:
            answer = self._client.get(self._url)
        except Failed as error:
            return error.code
        return TAKEN if 200 <= answer.status < 300 else f"status_{answer.status}"


def heartbeat_of(settings: Settings) -> Heartbeat | None:
    """The ping as configured, or ``None``."""
    url = settings.heartbeat_url.get_secret_value()
    return Heartbeat(url, network_of(settings)) if url else None
