#!/usr/bin/env bash
# check.sh [FILE...]: what the builds did not ask for, then the same volume again, then a fresh one.
. "$(dirname "$0")/../checks.sh"
up
get /recipes '201 Created' --json '{"name": "Süßes", "text": "Melt **chocolate** slowly."}'
get /recipes/2/html '<strong>chocolate</strong>'
get /recipes/2 '"cached":true'
get /recipes/2/gzip 'Content-Type: application/gzip'
get /recipes/2/pdf 'failed: MODULE_NOT_FOUND'
get '/search?text=chocolate' '"name":"Süßes"'
expect 'a dump' 'Melt ..chocolate' compose exec -T db mariadb-dump -u recipes --password=sesame recipes
expect 'statistics of the cache' 'keyspace_hits:[1-9]' compose exec -T cache redis-cli info
again
get / '2 recipes'
get /recipes/2/text '^Melt'
anew
get / '1 recipes'
finish
