"""Asks Lighthouse about a running page, as a desktop has it and as a phone, and holds the scores against our bars.

    python -m tests.browser.lighthouse http://127.0.0.1:8000

Performance is measured on this machine: busy processors lower it. Exits 1 when a bar is missed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.conftest import ROOT, chromium_path

#: least scores of 100, by form factor
BARS = {
    "desktop": {"performance": 95, "accessibility": 100, "best-practices": 100},
    "mobile": {"performance": 95, "accessibility": 100, "best-practices": 100},
}
#: seconds
DEADLINE = 180


def scores(url: str, form: str) -> dict[str, int]:
    """Returns the score of each category."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(sys.executable, "static/build.py", "node"),
            *("static/node_modules/lighthouse/cli/index.js", url, "--quiet"),
            *("--output=json", f"--output-path={report}"),
            f"--only-categories={','.join(BARS[form])}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            *(["--preset=desktop"] if form == "desktop" else []),
        ]
        environment = {**os.environ, "CHROME_PATH": chromium_path() or ""}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=DEADLINE)
        categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * category["score"]) for name, category in categories.items()}


def main(url: str) -> int:
    """Prints each score beside its bar; returns how many bars are missed."""
    missed = 0
    for form, bars in BARS.items():
        found = scores(url, form)
        for name, bar in bars.items():
            missed += found[name] < bar
            print(f"{form:8} {name:15} {found[name]:4} (at least {bar})")
    return missed


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(1 if main(sys.argv[1]) else 0)
