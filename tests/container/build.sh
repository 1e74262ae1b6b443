#!/bin/sh
# Builds the image NAME with whichever engine is there.
#
#   BASE=...         another base image than python:3.11-slim
#   BUILD_FLAGS=...  more flags for the engine
set -eu
cd "$(dirname "$0")/../.."
name="$1"
set -- -t "$name" ${BASE:+--build-arg "BASE=$BASE"}
# docker is tried by what it answers: its client is often there without an engine.
# shellcheck disable=SC2086  # BUILD_FLAGS is a list of words
if docker info >/dev/null 2>&1; then
    exec docker build ${BUILD_FLAGS:-} "$@" .
elif command -v podman >/dev/null; then
    # The default format has no HEALTHCHECK.
    exec podman build --format docker ${BUILD_FLAGS:-} "$@" .
elif command -v buildah >/dev/null; then
    exec buildah build --format docker ${BUILD_FLAGS:-} "$@" .
fi
echo "make image needs docker, podman or buildah" >&2
exit 1
