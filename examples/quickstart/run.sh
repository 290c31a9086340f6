#!/usr/bin/env bash
# The quick start: installs what is needed (Debian 12 or a recent Ubuntu, as root), builds slim, makes an
# nginx image of the distribution's packages, slims it, and shows both. No registry, no engine.
#   WORK=DIR examples/quickstart/run.sh     keeps images and packages in DIR (default: build/quickstart)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
"$root/.ci/install" build run image
cd "$root"
build=${SLIM_BUILD:-build}
[ -e "$build/build.ninja" ] || meson setup "$build"
ninja -C "$build"

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
