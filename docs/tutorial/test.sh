#!/bin/sh
# Tests of the shop, as a project has them: they fail if an answer is wrong.
set -eu
url=http://$SLIM_TARGET_HOST:${SLIM_TARGET_PORTS%%,*}
curl -sSf "$url/kinds" | grep -q small
curl -sSf "$url/label/large" | grep -q 'up to 30 kg'
curl -sSf "$url/disk" | grep -q /
