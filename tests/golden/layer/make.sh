#!/bin/sh
# Makes the tars beside it. They are checked in: what matters is who wrote them (GNU tar 1.34, Python
# 3.11's tarfile, Go 1.19's archive/tar). Needs setfacl, setfattr and a file system that has both.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

gnu() { # NAME FORMAT [OPTION...] FILE...
	name=$1 format=$2
	shift 2
	if [ "$format" = pax ]; then
		set -- --pax-option 'exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' "$@"
	fi
	tar --create --file "$here/$name.tar" --format "$format" --blocking-factor 1 --no-recursion --owner 0 --group 0 \
		--numeric-owner --mtime @1000000000 --sort name "$@"
}

# names: beyond 100 and 255 bytes, long links of both kinds, UTF-8 composed and decomposed, Latin-1
long=$(printf 'd%.0s' $(seq 90))/$(printf 'e%.0s' $(seq 90))/$(printf 'f%.0s' $(seq 200))
nfc=$(printf 'caf\303\251') nfd=$(printf 'cafe\314\201') latin=$(printf 'caf\351')
mkdir -p "$(dirname "$long")"
echo long >"$long"
echo c >"$nfc"
echo d >"$nfd"
echo l >"$latin"
ln "$long" hard
ln -s "$long" soft
ln -s "$nfd" soft-nfd
set -- "$long" "$nfc" "$nfd" "$latin" hard soft soft-nfd
gnu names-gnu gnu --mode 644 "$@"
gnu names-pax pax --mode 644 "$@"
gnu names-ustar ustar --mode 644 "$nfc" "$nfd" "$latin"
gnu names-v7 v7 --mode 644 "$nfc" "$latin"

# sparse: a hole at both ends and 8 pieces of data, enough for old GNU's extension blocks
python3 - <<'P'
with open('sparse', 'wb') as f:
    for i in range(1, 9):
        f.seek(i << 16)
        f.write(b'%d' % i * 4096)
    f.truncate((9 << 16) + 5)
P
gnu sparse-gnu gnu --mode 644 --sparse --hole-detection=raw sparse
for v in 0.0 0.1 1.0; do
	gnu "sparse-$v" pax --mode 644 --sparse --sparse-version $v --hole-detection=raw sparse
done

# ACLs as text, and an xattr with NUL bytes
mkdir dir
echo a >file
chmod 755 dir
chmod 644 file
setfacl -m u:4242:rwx,g:2000:r-x,m::rw- file
setfacl -m u:4242:r-x dir
setfacl -d -m g:3000:rwx dir
setfattr -n user.bytes -v 0x0001ff00 file
gnu acl pax --acls --xattrs --xattrs-include 'user.*' dir file
gnu acl-both pax --acls --xattrs dir file

python3 "$here/make.py" "$here"
cp "$here/make_go.txt" main.go
go run main.go >"$here/go.tar"
