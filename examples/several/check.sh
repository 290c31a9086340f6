#!/usr/bin/env bash
# check.sh WEB DB: what the builds did not ask for, of both images together.
. "$(dirname "$0")/../checks.sh"
# Both containers share one network, as those of a pod do.
start "$2" 8000
database=$container
trap 'stop; "$engine" rm -f -v "$database" >/dev/null' EXIT
container=$("$engine" run -d --network "container:$database" -e PGHOST=127.0.0.1 "$1")
wait_for_service
get / '[0-9] visits'
get '/reports/hours?zone=Asia/Kathmandu' '\+0545: [1-9]'
get /reports/nothing '404 NOT FOUND'
expect 'a dump' 'COPY public.visits' "$engine" exec "$database" pg_dump -U postgres web
"$engine" exec "$database" psql -q -U postgres -c 'ALTER ROLE web NOLOGIN' web
get / 'does not answer .OperationalError'
finish
