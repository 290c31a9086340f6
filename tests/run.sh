#!/usr/bin/env bash
# Runs all tests: unit tests, replays of the fuzz corpus and lints (meson), then the integration tests (pytest, as root).
# Lists the missing packages, then installs them. The last line is the sum: "N passed, N failed".
#   tests/run.sh [--no-install] [PYTEST ARGUMENT...]
#     --no-install        fail with the list of the missing packages instead of installing them
#     -k NAME             only the integration tests whose name contains NAME
#     -n 0                one test at a time
#   SLIM_BUILD=DIR        the build directory (default: build)
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
install=(.ci/install)
[ "${1:-}" != --no-install ] || { install+=("$1"); shift; }
"${install[@]}" build run image test check $([ "$(uname -m)" != x86_64 ] || echo x86) || exit 1
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
/usr/bin/python3 -m pytest tests/integration -p no:cacheprovider -n 4 --dist loadfile \
	--junitxml "$build/integration.xml" "$@"
integration=$?
exec tests/tally.py --step "unit tests=$unit" "$build/meson-logs/testlog.junit.xml" \
	--step "integration tests=$integration" "$build/integration.xml"
