#!/bin/sh
# test.sh [PART/OF]: an example of a project's own tests, which slim runs against the image. 2/3 runs every third test,
# from the second on. slim sets the variables to the address of the service.
set -eu
part=${1:-1/1}
url=http://$SLIM_TARGET_HOST:${SLIM_TARGET_PORTS%% *}
n=0
for page in / /page.html /pixel.txt /sub/deep.txt; do
    n=$((n + 1))
    [ $((n % ${part#*/})) -eq $((${part%/*} % ${part#*/})) ] || continue
    curl -fsS "$url$page" >/dev/null
done
