#!/bin/sh
# Builds the image and runs it as a careful host would: read-only root, no capability, no new
# privilege, bounded memory and processes. Asks it for the page and for a circuit, then stops it.
#
#   BASE=...  the base image, where one can be pulled; else a Debian is made here
set -eu
cd "$(dirname "$0")/../.."
. tests/container/engine.sh

image=localhost/chainrule:test
name="chainrule-test-$$"
port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
end() {
    podman rm -f -t 0 "$name" >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap end EXIT

if [ -z "${BASE:-}" ]; then
    BASE=localhost/chainrule-base:bookworm
    tests/container/base.sh "$BASE" ca-certificates,python3,python3-venv
fi
buildah build --format docker --isolation chroot --network host --pull-never \
    --build-arg "BASE=$BASE" -t "$image" . >"$work/build.log" 2>&1 || {
    tail -n 40 "$work/build.log" >&2
    exit 1
}
podman image inspect --format '{{.Size}}' "$image" | awk '{ printf "image: %d MB\n", $1 / 1e6 }'

podman run -d --name "$name" --read-only --cap-drop=all --security-opt no-new-privileges \
    --tmpfs /tmp --memory 512m --pids-limit 256 -p "127.0.0.1:$port:8000" "$image" >/dev/null
python3 tests/container/ask.py "http://127.0.0.1:$port" || {
    podman logs "$name" >&2
    exit 1
}
podman exec "$name" python3 -c '
import os
status = open("/proc/self/status").read()
assert os.getuid() == 10001, os.getuid()
assert "CapEff:\t0000000000000000" in status and "NoNewPrivs:\t1" in status, status
try:
    open("/srv/app/written", "w")
except OSError as refused:
    print("write refused:", refused.strerror)
else:
    raise SystemExit("the root is writable")
'
podman healthcheck run "$name"
echo "healthy"

before="$(date +%s)"
podman stop -t 30 "$name" >/dev/null
took=$(($(date +%s) - before))
code="$(podman inspect --format '{{.State.ExitCode}}' "$name")"
echo "stopped in $took s with exit code $code"
# 143 is SIGTERM's own; 137 would mean that it had to be killed.
[ "$took" -lt 10 ] && { [ "$code" -eq 0 ] || [ "$code" -eq 143 ]; }
echo "1 passed, 0 failed"
