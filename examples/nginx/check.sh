#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 80
wait_for_service
get / Hafen -H 'Accept-Language: de-AT'
get / 港 -H 'Accept-Language: ja'
get /private/members.txt 'HTTP/1.1 401'
get /private/members.txt 'free from May' -u anna:sesame
get /nowhere 'pier 3'
get /docs/rules.txt '^fees' -r 7-10
expect '/small/ship.png is 16 pixels wide' '^16$' sh -c "curl -s '$url/small/ship.png' | od -An -j19 -N1 -tu1 | tr -d ' '"
expect 'upload of 1 MB' '^201$' sh -c "head -c 1000000 /dev/zero |
	curl -s -o /dev/null -w '%{http_code}' -T - '$url/upload/cargo'"
finish
