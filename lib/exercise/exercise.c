#include "exercise/exercise.h"

#include <string.h>

#include "base/limits.h"

const char *exercise_kind_name(enum exercise_kind kind)
{
	static const char *const names[EXERCISE_KINDS] = {
	    [EXERCISE_HTTP] = "http",           [EXERCISE_EXEC] = "exec",
	    [EXERCISE_HOST_EXEC] = "host-exec", [EXERCISE_HEALTHCHECK] = "healthcheck",
	    [EXERCISE_CLIENT] = "client",       [EXERCISE_TCP] = "tcp",
	    [EXERCISE_UNIX] = "unix",           [EXERCISE_READY] = "ready",
	    [EXERCISE_SIGNAL] = "signal",
	};
	return names[kind];
}

bool exercise_kind_is_command(enum exercise_kind kind)
{
	return kind == EXERCISE_EXEC || kind == EXERCISE_HOST_EXEC || kind == EXERCISE_HEALTHCHECK;
}

const char *exercise_target_host(const struct exercise_target *t, uint16_t port)
{
	for (size_t i = 0; t->hosts && i < t->n_ports; i++)
		if (t->ports[i].number == port)
			return t->hosts[i];
	return t->host;
}

char *exercise_target_address(const struct exercise_target *t, uint16_t port)
{
	const char *host = exercise_target_host(t, port);
	bool v6 = strchr(host, ':');
	return mem_printf("%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

char *exercise_target_authority(const struct exercise_target *t, uint16_t port)
{
	return t->name ? mem_printf("%s:%u", t->name, port) : exercise_target_address(t, port);
}

void exercise_answer_set(struct exercise_answer *a, const char *type, const void *data, size_t n, uint64_t bytes)
{
	uint8_t hash[SHA256_SIZE];
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	sha256_update(h, data, n);
	sha256_final(h, hash);
	exercise_answer_done(a);
	a->type = type && type[0] ? mem_strdup(type) : NULL;
	a->bytes = bytes;
	sha256_hex(hash, a->digest);
	buf_append(&a->head, data, n < LIMIT_ANSWER ? n : LIMIT_ANSWER);
}

void exercise_answer_done(struct exercise_answer *a)
{
	free(a->type);
	buf_done(&a->head);
	*a = (struct exercise_answer){0};
}

void exercise_log_add(struct exercise_log *log, const struct exercise_step *step)
{
	log->steps = mem_grow(log->steps, log->count, &log->cap, sizeof(*log->steps));
	log->steps[log->count++] = *step;
	if (log->added)
		log->added(log->added_ctx, log->count);
}

void exercise_log_done(struct exercise_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		free(log->steps[i].what);
		free(log->steps[i].error);
		free(log->steps[i].unexpected);
		exercise_answer_done(&log->steps[i].answer);
	}
	free(log->steps);
	notes_done(&log->notes);
	*log = (struct exercise_log){0};
}
