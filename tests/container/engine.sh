# shellcheck shell=sh
# Sourced by the scripts beside it: installs podman and buildah where they are missing, and settles
# what they need inside another container. runc works where crun wants its own control groups, and
# there no process may raise its own limits.

missing=""
for program in podman buildah runc debootstrap; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
if [ -n "$missing" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends \
        podman buildah runc netavark aardvark-dns nftables iptables debootstrap
fi

work="$(mktemp -d)"
cat >"$work/containers.conf" <<'CONF'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
CONF
export CONTAINERS_CONF="$work/containers.conf"
