/* probe/script/http_command.h - reads one request as docker-slim's --http-probe-cmd has it:
 * [crawl:][PROTOCOL:][METHOD:]/PATH, with empty parts left out. The protocol is http, https, http1 (HTTP/1.1 alone),
 * http2, http2c (without TLS), http2.insecure (with or without, as the port speaks), ws, wss or fastcgi. */
#pragma once

#include "probe/script/script.h"

/* Appends the request. ERR_INVAL: says how it is written, also for a URL and for "GET /". */
int probe_http_command_read(const char *text, struct probe_script *s, struct err *err) MUST_CHECK;
