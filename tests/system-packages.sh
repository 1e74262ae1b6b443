#!/bin/sh
# Installs what the browser tests need from the system: a browser, a library that Playwright's
# own Node links to, and one font for the signs that the page's web fonts leave to the system.
# Does nothing, and needs no network, where they are there already.
set -eu

has() {
    command -v "$1" >/dev/null
}

missing=""
# Debian's Chromium without windows starts pages in half the time.
if ! has "${CHROMIUM:-chromium-headless-shell}" && { has apt-get || ! has chromium; }; then
    missing="chromium-headless-shell"
fi
if has dpkg; then
    for package in libatomic1 fonts-dejavu-core; do
        dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
    done
fi
[ -n "$missing" ] || exit 0

if ! has apt-get; then
    echo "The browser tests need Chromium: install it, or name it, as in" >&2
    echo "    make test CHROMIUM=/path/to/chromium" >&2
    exit 1
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of words
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
