#!/bin/sh
# A CI stage: slims the image that an earlier stage built, with the project's own tests as the exercise. It fails if the
# tests fail or a gate does. Every CI system that runs a shell as root on Linux can call it.
#   slim-stage.sh IMAGE RESULT 'TEST COMMAND' [GATE...]
# IMAGE and RESULT as slim takes them: docker-archive:app.tar, docker://registry.example.com/app:1, docker-daemon:app, ...
# The command finds the service in $SLIM_TARGET_HOST and $SLIM_TARGET_PORTS.
# GATE: options of slim build, such as --max-size=60MB --must-drop=shell --lock=slim.lock --check.
# REPORT and JUNIT, variables: the files for the report and for the test results.
set -eu
[ $# -ge 3 ] || { echo "usage: slim-stage.sh IMAGE RESULT 'TEST COMMAND' [GATE...]" >&2; exit 2; }
image=$1 result=$2 tests=$3
shift 3
exec "${SLIM:-slim}" build "$image" -o "$result" --http-probe=false --host-exec "$tests" "$@" \
    --report "${REPORT:-slim-report.json}" --junit "${JUNIT:-junit.xml}"
