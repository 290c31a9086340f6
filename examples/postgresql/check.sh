#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 5432

sql() {
	"$engine" exec "$container" psql -U postgres -At -c "$1" shop
}

# The server that makes the database listens on no address: the log of the one after it counts.
for _ in {1..300}; do
	! "$engine" logs "$container" 2>&1 | sed '1,/listening on IPv4/d' | grep 'ready to accept' >/dev/null || break
	sleep 1
done
expect 'a row of init.sql' '^Ada$' sql 'SELECT customer FROM orders WHERE id = 1'
expect 'a time zone' '2024-07-02 00:00:00' sql "SELECT at AT TIME ZONE 'Pacific/Auckland' FROM orders WHERE id = 1"
expect 'an extension: pg_trgm' '^0\.[1-9]' sql "CREATE EXTENSION pg_trgm; SELECT similarity('slim', 'slimmer')"
expect 'an extension: pgcrypto' '^2cf24dba' sql "CREATE EXTENSION pgcrypto; SELECT encode(digest('hello', 'sha256'), 'hex')"
expect 'full-text search in German' "'haus'" sql "SELECT to_tsvector('german', note) FROM orders WHERE id = 1"
expect 'a function in PL/pgSQL' '^42$' sql "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 6 * 7; END'; SELECT f()"
expect 'a conversion' '^.xc4e9$' sql "SELECT convert_to('Äé', 'LATIN1')"
expect 'an ICU collation' '^a.B$' sql "SELECT string_agg(x, '.' ORDER BY x COLLATE \"de-x-icu\") FROM (VALUES ('B'), ('a')) v(x)"
expect 'a dump' 'CREATE TABLE public.orders' "$engine" exec "$container" pg_dump -U postgres shop
finish
