/* probe/script/upload.h - reads one upload of a form's file as --http-probe-cmd-upload of mint (docker-slim's
 * successor) has it: [[[[PROTOCOL:]FILE_NAME:]FIELD:]FILE:]/PATH, with empty parts left out. FILE is a file of this
 * machine, or what is made up instead: generate.text, generate.text.json, generate.image.png, ... (see generate.h), and
 * generate.text without it. */
#pragma once

#include "probe/script/script.h"

/* Appends the request: a POST of multipart/form-data. ERR_INVAL. */
int probe_upload_read(const char *text, struct probe_script *s, struct err *err) MUST_CHECK;
