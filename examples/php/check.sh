#!/usr/bin/env bash
# check.sh IMAGE: what the build did not ask for.
. "$(dirname "$0")/../checks.sh"
start "$1" 80
wait_for_service
session=$(curl -si "$url/" | sed -n 's/^Set-Cookie: \([^;]*\).*/\1/p')
get / '303 See Other' -H "Cookie: $session" --data-urlencode name=Ольга --data-urlencode 'text=Große Freude'
get / 'Welcome back, Ольга' -H "Cookie: $session"
get '/date?locale=th_TH&zone=Asia/Bangkok' กรกฎาคม
get '/date?locale=de_AT&zone=Europe/Vienna' 'Montag, 1\. Juli 2024 um 14:00'
get /export/atom '<summary>Große Freude</summary>'
get /export/latin 'OL.?GA: Grosse Freude'
get /nowhere 'not in the book'
finish
