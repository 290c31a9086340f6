# shellcheck shell=bash
# The check.sh of each example sources this file. It starts a container of an image, asks it and compares the answers.
# ENGINE names the program that runs containers: docker (the default) or podman.
set -euo pipefail
engine=${ENGINE:-docker}
container=
failed=0

stop() {
	[ -z "$container" ] || "$engine" rm -f "$container" >/dev/null
}
trap stop EXIT

# start IMAGE PORT [OPTION...]: starts the service with these options of "docker run" and sets $url to its address.
start() {
	local image=$1 port=$2
	shift 2
	container=$("$engine" run -d -p "127.0.0.1::$port" "$@" "$image")
	url=http://$("$engine" port "$container" "$port/tcp" | head -n 1)
}

# Waits until the service answers a request for its first page.
wait_for_service() {
	local _
	for _ in {1..300}; do
		! curl -sf -o /dev/null --max-time 30 "$url/" || return 0
		sleep 1
	done
	"$engine" logs "$container" >&2
	exit 1
}

# expect WHAT PATTERN COMMAND...: the output of the command must match the extended regular expression.
expect() {
	local what=$1 pattern=$2 output
	shift 2
	output=$("$@" 2>&1 | tr -d '\0') || true
	if grep -qE -e "$pattern" <<<"$output"; then
		echo "ok      $what"
	else
		echo "failed  $what: expected '$pattern', got: ${output:0:500}"
		failed=1
	fi
}

# get PATH PATTERN [OPTION...]: requests the path with these options of curl. The answer includes the status line.
get() {
	local path=$1 pattern=$2 what
	shift 2
	what="$path $*"
	expect "${what:0:80}" "$pattern" curl -si --max-time 30 "$@" "$url$path"
}

# The last line of a check.sh.
finish() {
	exit "$failed"
}
