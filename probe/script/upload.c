#include "probe/script/upload.h"

#include <jansson.h>
#include <string.h>

#include "base/notes.h"
#include "probe/script/command_file.h"
#include "text/json.h"

#define FORM "[[[[PROTOCOL:]FILE_NAME:]FIELD:]FILE:]/PATH"

/* The members of a command of docker-slim's file, in the order of the parts from the last one. */
static const char *const members[] = {"resource", "body_file", "form_field_name", "form_file_name", "protocol"};
#define N_MEMBERS (sizeof(members) / sizeof(*members))

static void set(json_t *command, const char *member, const char *part)
{
	const bool made_up = strcmp(member, "body_file") == 0 && strncmp(part, "generate.", 9) == 0;
	if (*part)
		json_object_set_new(command, made_up ? "body_generate" : member, json_bytes(part, strlen(part)));
}

int probe_upload_read(const char *text, struct probe_script *s, struct err *err)
{
	CLEANUP_FREE char *copy = mem_strdup(text);
	CLEANUP_NOTES struct notes none = {0};
	CLEANUP_BUF struct buf json = {0};
	json_auto_t *command = json_pack("{s:s,s:b}", "method", "POST", "body_is_form", 1);
	size_t i = 0;
	for (char *colon = copy; colon && i < N_MEMBERS; i++) {
		colon = strrchr(copy, ':');
		set(command, members[i], colon ? colon + 1 : copy);
		if (colon)
			*colon = '\0';
		else
			*copy = '\0';
	}
	const char *path = json_string_value(json_object_get(command, "resource"));
	if (*copy || !path || *path != '/')
		return err_set(err, ERR_INVAL, "probe-request-malformed", "an upload is " FORM ", not \"%s\"", text);
	if (!json_object_get(command, "body_file") && !json_object_get(command, "body_generate"))
		json_object_set_new(command, "body_generate", json_string("generate.text"));
	json_auto_t *file = json_pack("{s:[O]}", "commands", command);
	json_write(file, &json);
	return probe_command_file_parse(json.data, json.len, "upload", true, s, &none, err);
}
