#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 8080
wait_for_service
get '/?language=pl' Teksty
get /paste/fruit.csv 'Content-Type: text/csv'
expect '/paste/fruit.csv?filter=table' 'apples.3' sh -c "curl -s '$url/paste/fruit.csv?filter=table' | tr '\t' '.'"
get '/paste/hello.txt?filter=upper' 'HELLO FROM THE IMAGE'
get '/paste/hello.txt?filter=none' '404 Not Found'
get '/paste/nothing?language=pl' 'Nie ma takiego tekstu'
finish
