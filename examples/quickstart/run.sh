#!/usr/bin/env bash
# The quick start, on Debian 12 or a recent Ubuntu, as root: lists the missing packages and installs them, builds slim, makes
# an nginx image of the distribution's packages, slims it, and shows both. It needs neither a registry nor a container engine.
#   [WORK=DIR] examples/quickstart/run.sh [--no-install]
#     --no-install    fail with the list of the missing packages instead of installing them
#     WORK=DIR        where images and results go (default: build/quickstart)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
case ${1:-} in
"" | --no-install) ;;
*) echo "usage: [WORK=DIR] run.sh [--no-install]" >&2; exit 2 ;;
esac
"$root/.ci/install" ${1:+"$1"} build run image
cd "$root"
build=${SLIM_BUILD:-build}
[ -e "$build/build.ninja" ] || meson setup "$build"
ninja -C "$build" cmd/slim

work=${WORK:-$root/build/quickstart}
mkdir -p "$work"
if [ ! -e "$work/nginx.tar" ]; then
	echo "making an nginx image of this distribution's packages (about a minute) ..."
	"$root/tests/images/debian" "$work/nginx.tar" nginx-light
fi
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1704067200 -C "$here/site" -cf "$work/site.tar" .
rm -rf "$work/images"
/usr/bin/python3 "$root/tests/images/oci.py" "$work/images" nginx "$here/config.json" "$work/nginx.tar" \
	"$work/site.tar" >"$work/digest"

set -x
"$build/cmd/slim" build "oci:$work/images:nginx" -o "oci:$work/slim:nginx" --store "$work/store" --report "$work/report.json"
"$build/cmd/slim" inspect "oci:$work/slim:nginx"
