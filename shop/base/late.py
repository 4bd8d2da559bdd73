"""Libraries that are heavy and rarely needed, loaded when they are first used instead of at every start."""

import importlib.util
import sys
from types import ModuleType


def late(name: str) -> ModuleType:
    """The module `name`, found now (a missing one is told at once) and loaded at the first look at one of its names."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
