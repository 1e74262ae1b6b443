#!/bin/sh
# Makes the local image NAME, a bare Debian with PACKAGES, unless it is there: for machines that
# reach Debian's packages and no image registry. Needs root, debootstrap and buildah.
set -eu
name="$1"
packages="$2"
if buildah inspect --type image "$name" >/dev/null 2>&1; then
    exit 0
fi
root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --include="$packages" bookworm "$root/debian" >"$root/log" 2>&1 || {
    tail -n 20 "$root/log" >&2
    exit 1
}
# This machine's certificate authorities, so that what is built on it reaches what the machine reaches.
rm -rf "$root/debian/etc/ssl/certs"
cp -rL /etc/ssl/certs "$root/debian/etc/ssl/certs"
rm -rf "$root/debian/var/cache/apt/archives" "$root/debian/var/lib/apt/lists"
container="$(buildah from scratch 2>/dev/null)"
buildah add -q "$container" "$root/debian" / >/dev/null
buildah commit -q --rm "$container" "$name" >/dev/null
