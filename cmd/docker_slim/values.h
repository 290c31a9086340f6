/* cmd/docker_slim/values.h - translates those options of docker-slim whose values must be read. */
#pragma once

#include "cmd/docker_slim/state.h"

int docker_slim_include_path(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			     struct err *err);
int docker_slim_each_line(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			  struct err *err);
int docker_slim_whole_file(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			   struct err *err);
int docker_slim_continue_after(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			       struct err *err);
int docker_slim_credentials(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			    struct err *err);
/* docker-slim's container stays when its command has ended: in the compatibility layer with --exec-alone. */
int docker_slim_exec(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
		     struct err *err);
/* In the compatibility layer: a URL and "GET /" become what was meant, with a note. */
int docker_slim_http_request(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			     struct err *err);
int docker_slim_report(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
		       struct err *err);
int docker_slim_log_level(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			  struct err *err);
int docker_slim_output_format(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			      struct err *err);
