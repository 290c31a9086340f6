/* probe/script/command_file.h - reads docker-slim's file of probe commands (--http-probe-cmd-file):
 *   {"commands": [{"protocol": "http", "method": "POST", "resource": "/api", "body": "..."}]}
 * As docker-slim reads it: keys in any case, unknown ones ignored (with a note, as they are often misspelt), body files
 * named from the current directory, a body_generate that is not known is text. Nothing in it is a variable.
 * Members of a command: protocol (http, https, http2, http2c, ws, wss), method, resource, port, headers, body,
 * body_file, body_generate, body_is_form, form_field_name, form_file_name, username, password, crawl, fastcgi {root,
 * split_path, env, dial_timeout, read_timeout, write_timeout}. Beyond docker-slim: port counts, headers may be an
 * object. */
#pragma once

#include "base/notes.h"
#include "probe/script/script.h"

/* Appends the requests of the file at path. ERR_INVAL names the command by its number. */
int probe_command_file_read(const char *path, struct probe_script *out, struct notes *notes,
			    struct err *err) MUST_CHECK;
/* The same of bytes. what: the file's name in messages. files: whether body_file is read; without it one is an error.
 */
int probe_command_file_parse(const char *data, size_t n, const char *what, bool files, struct probe_script *out,
			     struct notes *notes, struct err *err) MUST_CHECK;
