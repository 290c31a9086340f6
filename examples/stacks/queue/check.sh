#!/usr/bin/env bash
# check.sh [FILE...]: what the test suite did not ask for, then the same volume again, then a fresh one.
. "$(dirname "$0")/../checks.sh"

# picture NAME PATTERN KEY VALUE...: orders a picture, whose first bytes must match the pattern.
picture() {
	local what=$1 pattern=$2 number
	number=$(curl -s --json "$3" "$url/pictures" | tr -dc 0-9)
	expect "$what" "$pattern" sh -c "curl -s --retry 30 --retry-delay 1 --retry-all-errors -f '$url/pictures/$number' | head -c 15"
}

up
picture 'a picture as GIF' '^GIF89a|^GIF87a' '{"text": "one", "format": "gif"}'
picture 'a picture as JPEG' 'JFIF' '{"text": "two", "format": "jpeg"}'
picture 'a picture as WebP' '^RIFF.*WEBP' '{"text": "three", "format": "webp"}'
picture 'another shape, with a font' PNG '{"text": "four", "format": "png", "shape": "badge"}'
get / '4 drawn'
again
get / '4 drawn'
picture 'a number that goes on' PNG '{"text": "five", "format": "png"}'
get / '5 drawn'
anew
get / '0 drawn'
compose stop -t 10 queue >/dev/null 2>&1
get / 'The queue does not answer'
finish
