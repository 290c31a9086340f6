#!/bin/sh
# test.sh [PART/OF]: an example of a project's own tests, which slim runs against the image: all of them, or every OF-th from
# the PART-th on. slim says where the service listens.
set -eu
part=${1:-1/1}
url=http://$SLIM_TARGET_HOST:${SLIM_TARGET_PORTS%% *}
n=0
for page in / /page.html /pixel.txt /sub/deep.txt; do
    n=$((n + 1))
    [ $((n % ${part#*/})) -eq $((${part%/*} % ${part#*/})) ] || continue
    curl -fsS "$url$page" >/dev/null
done
