#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 8000
wait_for_service
get /items '201 CREATED' --json '{"name": "bell", "price": 1234.5}'
get /items/1 '1,234.50'
get '/items/1?locale=de_DE' '1\.234,50'
get '/items/1?locale=fr_FR' '234,50 *.* *€'
get /export/xml '<item id="1" price="1234.50">bell</item>'
expect /export/ods 'application/vnd.oasis' curl -s -o /dev/null -w '%{content_type}' "$url/export/ods"
expect '/export/ods is an archive' '^PK' sh -c "curl -s '$url/export/ods' | head -c 2"
get '/opening?zone=Pacific/Auckland' 'Monday 20:00 NZST'
get '/opening?zone=Asia/Kathmandu' '13:45 \+0545'
get /items 'Bad Request' --json '{"name": ""}'
finish
