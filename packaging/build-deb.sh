#!/usr/bin/env bash
# Builds the Debian package container-slim in DIR (default: build/deb) and checks it with lintian.
#   packaging/build-deb.sh [DIR]     DEB_BUILD_OPTIONS=nocheck: without the unit tests
# Prints the path of the package. packaging/debian/control lists the packages that the build needs:
#   .ci/install build package
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-$root/build/deb}
rm -rf "$dir"
source=$("$root/packaging/source" "$dir")
version=$("$root/packaging/version")
cd "$source"
cp -a packaging/debian debian
seconds=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y meson.build)}
cat >debian/changelog <<END
container-slim ($version) unstable; urgency=medium

  * Version $version. CHANGELOG.md lists the changes.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(date -R -u -d "@$seconds")
END
dpkg-buildpackage --build=binary --no-sign --jobs=auto >&2
lintian --fail-on error,warning ../container-slim_*.changes >&2
realpath ../container-slim_"$version"_*.deb
