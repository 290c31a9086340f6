#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 9292
wait_for_service
get '/events/1?locale=it' 'lunedì 01 luglio 2024, ore 14:00'
get '/events/2?zone=Asia/Tokyo' 'Monday, 08 July 2024, 18:30 JST'
get '/?zone=America/St_Johns' '09:30 NDT'
get '/?zone=Nowhere' 'no such time zone'
get /export/yaml 'title: Review'
get /export/csv '^1,Launch,2024-07-01 12:00:00 UTC'
get '/export/pdf?locale=it' 'non esiste'
finish
