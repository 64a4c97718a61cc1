"""One suite that every channel passes; `python -m tests.channels_contract` writes what it saw into docs/channels.md."""
