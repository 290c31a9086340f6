#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
sample=/srv/sample.png

# type FORMAT: the first bytes of a thumbnail in that format.
first() {
	"$engine" run --rm "$image" --format "$1" "$sample" | head -c 64 | od -An -c | tr -d ' \n'
}

image=$1
expect 'WebP' 'RIFF.*WEBP' first webp
expect 'TIFF' '^II\*' first tiff
expect 'BMP' '^BM' first bmp
expect 'XPM' '^.\*XPM' first xpm
expect 'a caption' 'PNG' sh -c "'$engine' run --rm '$image' --caption Harbour --format png $sample | head -c 4"
expect 'a wrong option' 'there is no option --colour' "$engine" run --rm "$image" --colour "$sample"
finish
