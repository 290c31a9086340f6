#!/bin/sh
# A CI stage: slims the image that an earlier stage built, with the project's own tests as the exercise, and
# fails when they fail. Any CI that runs a shell as root on Linux can call it.
#   slim-stage.sh IMAGE RESULT 'TEST COMMAND'
# IMAGE and RESULT as slim takes them: docker-archive:app.tar, docker://registry.example.com/app:1, docker-daemon:app, ...
# The command finds the service in $SLIM_TARGET_HOST and $SLIM_TARGET_PORTS. REPORT: where the report goes.
set -eu
[ $# -eq 3 ] || { echo "usage: slim-stage.sh IMAGE RESULT 'TEST COMMAND'" >&2; exit 2; }
exec "${SLIM:-slim}" build "$1" -o "$2" --http-probe=false --host-exec "$3" --report "${REPORT:-slim-report.json}"
