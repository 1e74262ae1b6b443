#!/bin/sh
# Clones the last commit into a bare Debian, which has Python, make and nothing else, and does what
# a newcomer does: make run, then make test. Prints how long each took.
#
#   REVISION=...  another commit
#   RUN_ONLY=1    leaves make test out
set -eu
cd "$(dirname "$0")/../.."
. tests/container/engine.sh

image=localhost/chainrule-fresh:bookworm
name="chainrule-fresh-$$"
end() {
    podman rm -f -t 0 "$name" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap end EXIT

tests/container/base.sh "$image" ca-certificates,python3,python3-venv,make
mkdir "$work/clone"
git archive "${REVISION:-HEAD}" | tar -x -C "$work/clone"
podman run -d --name "$name" --network host --tmpfs /dev/shm:size=1g "$image" sleep infinity >/dev/null
podman cp "$work/clone" "$name:/chainrule"

timed() {
    what="$1"
    shift
    start="$(date +%s)"
    podman exec --workdir /chainrule "$name" "$@"
    echo "$what: $(($(date +%s) - start)) s"
}
# Until the page answers, then a stop.
serve='
make run PORT=8123 & pid=$!
python3 tests/container/ask.py http://127.0.0.1:8123 || exit 1
kill $pid; wait $pid || true
'
timed "make run, first time" sh -ec "make .venv/.run vendor; $serve"
timed "make run, second time" sh -ec "$serve"
[ -n "${RUN_ONLY:-}" ] || timed "make test" make test CI=true
echo "1 passed, 0 failed"
