#!/usr/bin/env bash
# check.sh [FILE...]: what the builds did not ask for, then the same volume again, then a fresh one.
. "$(dirname "$0")/../checks.sh"
up
get / '303 See Other' --data-urlencode 'name=Åke' --data-urlencode 'text=Tack & hej'
get /export/feed '<guest>Tack &amp; hej</guest>'
get /export/names 'ÅKE'
get /export/pdf 'no such page'
again
get / '2 guests'
anew
get / '1 guests'
compose stop -t 10 db >/dev/null 2>&1
get / 'The database does not answer'
finish
