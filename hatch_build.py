"""Puts the web files into the wheel as app/_web; builds static/vendor first if it is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The folders a browser may ask for; the manifests and the build beside them stay out.
SERVED = ("css", "js", "vendor", "img")


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before hatchling writes a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds templates and the served folders of static to the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        build = root / "static" / "build.py"
        if not (root / "static" / "vendor" / "licenses.json").is_file():
            for command in ("install", "vendor"):
                subprocess.run([sys.executable, str(build), command], check=True)
        include = build_data["force_include"]
        include[str(root / "templates")] = "app/_web/templates"
        for name in SERVED:
            if (root / "static" / name).is_dir():
                include[str(root / "static" / name)] = f"app/_web/static/{name}"
