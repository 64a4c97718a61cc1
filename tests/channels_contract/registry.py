"""Every harness there is: those of each module in tests/vendors that names some."""

from __future__ import annotations

import importlib
import pkgutil

from tests import vendors
from tests.channels_contract.harness import Harness


def harnesses() -> tuple[type[Harness], ...]:
    """In the order of modules, then as named there."""
    modules = (
        importlib.import_module(f"tests.vendors.{one.name}") for one in pkgutil.iter_modules(vendors.__path__)
    )
    return tuple(harness for module in modules for harness in getattr(module, "HARNESSES", ()))
