#!/usr/bin/env bash
# Builds the RPM packages of slim in DIR (default: build/rpm) from packaging/slim.spec.
#   packaging/build-rpm.sh [DIR] [OPTION OF rpmbuild...]     --nodeps: where rpm does not know the installed packages
# Prints the paths of the packages.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-$root/build/rpm}
[ $# -eq 0 ] || shift
rm -rf "$dir"
source=$("$root/packaging/source" "$dir")
version=$("$root/packaging/version")
cd "$dir"
dir=$PWD
mkdir SOURCES SPECS
tar --sort=name --owner=0 --group=0 --numeric-owner -czf "SOURCES/slim-$version.tar.gz" "slim-$version"
sed "s/@VERSION@/$version/" "$source/packaging/slim.spec" >SPECS/container-slim.spec
rpmbuild -ba --define "_topdir $dir" "$@" SPECS/container-slim.spec >&2
find "$dir/RPMS" "$dir/SRPMS" -name '*.rpm'
