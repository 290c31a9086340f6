/* cmd/compat_values.h - the values of docker-slim's options that must be read to become ours. */
#pragma once

#include "compat_state.h"

int compat_include_path(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_lines(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_whole_file(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_continue_after(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_network(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_registry(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_report(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_log_level(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_output_format(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
int compat_probe_file(struct compat *c, const struct compat_row *row, const char *value, struct err *err);
