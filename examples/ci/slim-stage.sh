#!/bin/sh
# A CI stage: slims the image that an earlier stage saved, with the project's own tests as the exercise, and
# fails when they fail. Any CI that runs a shell as root on Linux can call it.
#   slim-stage.sh IMAGE.tar RESULT.tar 'TEST COMMAND'
# The command finds the service in $SLIM_TARGET_HOST and $SLIM_TARGET_PORTS. REPORT: where the report goes.
set -eu
[ $# -eq 3 ] || { echo "usage: slim-stage.sh IMAGE.tar RESULT.tar 'TEST COMMAND'" >&2; exit 2; }
exec "${SLIM:-slim}" build "docker-archive:$1" -o "docker-archive:$2" --http-probe=false --host-exec "$3" \
	--report "${REPORT:-slim-report.json}"
