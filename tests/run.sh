#!/usr/bin/env bash
# All tests: unit, fuzz replay and lint (meson), then integration (pytest; needs root). Installs what they
# need where it is missing. The last line adds everything up: "N passed, N failed".
#   tests/run.sh [PYTEST ARGUMENT...]     SLIM_BUILD=DIR: build directory (default: build); -n 0: one test at a time
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
.ci/install build run image test check $([ "$(uname -m)" != x86_64 ] || echo x86) || exit 1
build=${SLIM_BUILD:-build}
if ! { [ -e "$build/build.ninja" ] || meson setup "$build"; } || ! ninja -C "$build"; then
	tests/tally.py --step build=1
	exit 1
fi
build=$(cd "$build" && pwd)
export SLIM=$build/cmd/slim

rm -f "$build/meson-logs/testlog.junit.xml" "$build/integration.xml"
meson test -C "$build" --no-rebuild --print-errorlogs
unit=$?
/usr/bin/python3 -m pytest tests/integration -p no:cacheprovider -n auto --maxprocesses 4 --dist loadfile \
	--junitxml "$build/integration.xml" "$@"
integration=$?
exec tests/tally.py --step "unit tests=$unit" "$build/meson-logs/testlog.junit.xml" \
	--step "integration tests=$integration" "$build/integration.xml"
