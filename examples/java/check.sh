#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 8080
wait_for_service
get '/?language=de' 'Verliehen bis Montag, 1. Juli 2024'
get '/?language=fr' 'lundi 1 juillet 2024'
get '/opening?zone=Australia/Lord_Howe' '17:30 \+10:30'
expect '/list in EBCDIC' 'd4 96 82 a8 60 c4' sh -c "curl -s '$url/list?charset=IBM500' | od -An -tx1"
get '/export?format=zip' 'books.txt'
get '/export?format=xml' '<book>Effi Briest</book>'
get /summary '2 loans, 42 days'
get '/export?format=pdf' 'no such page'
finish
