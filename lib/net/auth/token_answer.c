#include "net/auth/token_answer.h"

#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/json.h"
#include "text/secret.h"

#define LIFE_UNSAID 60             /* seconds, by the specification */
#define LIFE_MAX (366 * 24 * 3600) /* seconds; more is as good as that */

void net_token_answer_done(struct net_token_answer *a)
{
	secret_free(a->token);
	*a = (struct net_token_answer){0};
}

/* RFC 3339; -1: none. */
static int64_t parse_time(const char *s)
{
	struct tm t = {0};
	const char *rest = strptime(s, "%Y-%m-%dT%H:%M:%S", &t);
	if (!rest)
		return -1;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	int64_t at = timegm(&t);
	if (strcmp(rest, "Z") == 0 || strcmp(rest, "z") == 0)
		return at;
	int hours, minutes;
	char sign, end;
	if (sscanf(rest, "%c%2d:%2d%c", &sign, &hours, &minutes, &end) != 3 || !strchr("+-", sign))
		return -1;
	int64_t ahead = hours * 3600 + minutes * 60;
	return sign == '+' ? at - ahead : at + ahead;
}

/* Some servers write a number with a fraction, or as a string. */
static double seconds_of(const json_t *v)
{
	if (json_is_string(v)) {
		char *end;
		double d = strtod(json_string_value(v), &end);
		return *end || end == json_string_value(v) ? LIFE_UNSAID : d;
	}
	return json_is_number(v) ? json_number_value(v) : LIFE_UNSAID;
}

static uint64_t life_ms(const json_t *root, const char *issued_at, int64_t now)
{
	double life = seconds_of(json_object_get(root, "expires_in"));
	if (!(life > 0))
		return 0;
	life = life < LIFE_MAX ? life : LIFE_MAX;
	int64_t issued = issued_at ? parse_time(issued_at) : -1;
	double age = issued < 0 ? 0 : (double)(now - issued);
	/* A clock that is ahead of ours, or far behind, tells nothing about the age. */
	if (age > 0 && age < life)
		life -= age;
	return (uint64_t)(life * 1000);
}

/* Whether the text may stand in a header. */
static bool is_visible(const char *s)
{
	for (; *s; s++)
		if (*s <= 0x20 || *s >= 0x7f)
			return false;
	return true;
}

int net_token_answer_parse(const char *text, size_t n, int64_t now, struct net_token_answer *out, struct err *err)
{
	CLEANUP_SECRET_JSON json_t *root = NULL;
	const char *token = NULL, *access_token = NULL, *issued_at = NULL;
	int r = secret_json_parse(text, n, LIMIT_TOKEN_ANSWER, "its answer", &root, err);
	if (r == 0)
		r = json_get_string(root, "token", false, &token, err);
	if (r == 0)
		r = json_get_string(root, "access_token", false, &access_token, err);
	if (r == 0)
		r = json_get_string(root, "issued_at", false, &issued_at, err);
	if (r < 0)
		return r;
	if (!token || !token[0])
		token = access_token;
	if (!token || !token[0])
		return err_set(err, ERR_PROTO, "token-malformed", "its answer has no token");
	if (strlen(token) > LIMIT_CREDENTIAL)
		return err_set(err, ERR_LIMIT, "token-too-large", "its token is larger than %u bytes",
			       LIMIT_CREDENTIAL);
	if (!is_visible(token))
		return err_set(err, ERR_PROTO, "token-malformed", "its token has invalid characters");
	*out = (struct net_token_answer){.token = mem_strdup(token), .life_ms = life_ms(root, issued_at, now)};
	return 0;
}
