/* formats/java_class.h - reads the texts of a Java class file: the names of classes and members, and the strings of its
 * code.
 * Spec: JVM specification 4.4 (constant pool). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The class's own name, "a/b/C"; false if the file is broken. */
bool java_class_name(const char *data, size_t n, struct buf *out);
/* Calls back with each text, in the file's modified UTF-8, up to where the file is broken. */
void java_class_texts(const char *data, size_t n, void (*on_text)(void *ctx, const char *text, size_t n), void *ctx);
