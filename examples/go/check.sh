#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 8080
wait_for_service
get '/?language=es' 'Son las 14:00 CEST'
get '/?zone=Asia/Kolkata' '17:30 IST'
get '/?zone=America/Argentina/Buenos_Aires' '09:00 -03'
get '/?zone=Nowhere' '400 Bad Request'
get '/?language=xx' 'no such language'
get '/lookup?service=imaps&user=www-data&ending=.odt' 'port 993, user 33, type application/vnd.oasis.opendocument.text'
finish
