#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 3000
wait_for_service
login=$(curl -si -d 'user=anna&password=sesame' "$url/login" | sed -n 's/^Set-Cookie: \([^;]*\).*/\1/p')
get /notes/1 'Found. Redirecting to /login'
get /login '403 Forbidden' -d password=wrong
get /notes/1/html '<em>something</em>' -H "Cookie: $login"
get /notes/1/gzip 'Content-Type: application/gzip' -H "Cookie: $login"
get '/notes/1?locale=ja-JP&zone=Asia/Tokyo' '2024年1月3日水曜日' -H "Cookie: $login"
get '/notes/1?zone=Nowhere' 'failed: RangeError' -H "Cookie: $login"
get '/search?text=SOMETHING' '^\[1\]$' -H "Cookie: $login"
get /notes/1/pdf 'no such page' -H "Cookie: $login"
finish
