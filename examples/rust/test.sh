#!/bin/sh
# The project's own test, which slim runs against the container. slim sets SLIM_TARGET_HOST and SLIM_TARGET_PORTS.
set -eu
url=http://$SLIM_TARGET_HOST:${SLIM_TARGET_PORTS%%,*}
curl -fsS "$url/" | grep -q hello.txt
curl -fsS -X PUT --data-binary 'a text' "$url/paste/new.txt"
curl -fsS "$url/paste/new.txt?filter=upper" | grep -qx 'A TEXT'
