# shellcheck shell=bash
# The check.sh of each stack sources this file. It starts the stack of compose.yaml and of the files that are its
# arguments, by docker-compose, or by podman-compose if ENGINE is podman. At the end nothing is left of it.
. "$(dirname "${BASH_SOURCE[0]}")/../checks.sh"
cd "$(dirname "$0")"
url=http://127.0.0.1:8000
files=(-f compose.yaml)
for file in "$@"; do
	files+=(-f "$file")
done

compose() {
	"$engine-compose" -p "check-$(basename "$PWD")" "${files[@]}" "$@"
}

# A container is missing if the stack did not start; then the other ones are removed all the same.
stop() {
	compose down -v -t 10 >/dev/null 2>&1 || true
}

# up: starts the stack, with the volumes that there are, and waits until it answers.
up() {
	compose up -d >/dev/null 2>&1 || { compose logs >&2; exit 1; }
	local _
	for _ in {1..120}; do
		! curl -sf -o /dev/null --max-time 30 "$url${1:-/}" || return 0
		sleep 1
	done
	compose logs >&2
	exit 1
}

# again: makes all containers anew. The volumes stay.
again() {
	compose down -t 10 >/dev/null 2>&1
	up "$@"
}

# anew: makes all containers and volumes anew.
anew() {
	compose down -v -t 10 >/dev/null 2>&1
	up "$@"
}
