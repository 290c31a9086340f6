/* cmd/docker_slim/values.h - translates options of docker-slim whose values cannot be passed on unchanged. */
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
/* Adds --exec-alone in the compatibility layer, because docker-slim's container stays when its command has ended. */
int docker_slim_exec(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
		     struct err *err);
/* In the compatibility layer, translates a URL and "GET /" to a request, with a note. */
int docker_slim_http_request(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			     struct err *err);
int docker_slim_report(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
		       struct err *err);
int docker_slim_log_level(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			  struct err *err);
int docker_slim_output_format(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			      struct err *err);
