"""Build the browser files before they are packed into the wheel."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # the base is generic only to its own checker
    """Called by hatchling; an editable install serves what `make assets` built instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        if version == "editable":
            return
        path = Path(self.root) / "tools" / "assets.py"
        spec = importlib.util.spec_from_file_location("assets", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot load {path}")
        assets = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(assets)
        assets.build()
