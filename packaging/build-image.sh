#!/usr/bin/env bash
# Builds slim's container image with Docker or podman, and labels it with slim's version and commit.
#   packaging/build-image.sh [TAG] [OPTION OF docker build...]     TAG: slim if not given
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
engine=$(command -v docker || command -v podman) || { echo "build-image.sh: needs docker or podman" >&2; exit 1; }
tag=${1:-slim}
[ $# -eq 0 ] || shift
revision=$(git -C "$root" rev-parse HEAD 2>/dev/null || true)
created=$(git -C "$root" log -1 --format=%cI 2>/dev/null || true)
exec "$engine" build -f "$root/packaging/Dockerfile" -t "$tag" --build-arg "VERSION=$("$root/packaging/version")" \
	--build-arg "REVISION=$revision" --build-arg "CREATED=$created" "$@" "$root"
