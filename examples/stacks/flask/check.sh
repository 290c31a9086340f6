#!/usr/bin/env bash
# check.sh [FILE...]: what the builds did not ask for, then the same volume again, then a fresh one.
. "$(dirname "$0")/../checks.sh"
up /api/health
get /api/entries '201 CREATED' --json '{"text": "Brot & Käse", "cents": 123456}'
get '/api/entries?locale=de_DE&zone=Pacific/Auckland' '2024-07-02T00:00:00\+12:00.*1\.234,56'
get /api/exports/feed '<entry id="2" cents="123456">Brot &amp; '
get /api/exports/pdf '404 NOT FOUND'
get /de/ Kassenbuch
expect 'an answer that nginx compresses' 'Content-Encoding: gzip' curl -si -o /dev/null -D - -H 'Accept-Encoding: gzip' "$url/api/entries"
expect 'a dump' 'COPY public.entries' compose exec -T db pg_dump -U postgres ledger
again /api/health
get /api/exports/table '2,Brot & Käse,123456'
anew /api/health
get /api/health '"entries":1'
finish
