"""What all channels over HTTP have in common: one connection for a batch."""

from __future__ import annotations

from notifications.batch import Batch
from notifications.http import Client


class OverHttp(Batch):
    """Opens and closes ``_client``, which the channel has made."""

    _client: Client

    def open(self) -> None:
        """A connection may be kept from now on."""
        self._client.open()

    def close(self) -> None:
        """The connection is given back."""
        self._client.close()
