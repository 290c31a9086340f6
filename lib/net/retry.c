#include "net/retry.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_PAUSE_MS 250

bool net_retry_status(int status)
{
	switch (status) {
	case 408: /* Request Timeout */
	case 425: /* Too Early */
	case 429: /* Too Many Requests */
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

bool net_retry_error(const struct err *err)
{
	if (err->code == ERR_TIMEOUT)
		return true;
	if (err->code != ERR_SYS && err->code != ERR_PROTO)
		return false;
	/* Of what an exchange can meet. Where nothing listens, or no way leads, another try only takes time. */
	switch (err->sys) {
	case ECONNRESET:
	case ECONNABORTED:
	case ENETRESET:
	case EPIPE:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

/* Seconds that a Retry-After asks for; false: it says nothing that can be understood. */
static bool asked_for(const char *s, time_t now, long long *seconds)
{
	s += strspn(s, " \t");
	size_t digits = strspn(s, "0123456789");
	if (digits) {
		if (s[digits + strspn(s + digits, " \t")])
			return false;
		*seconds = digits < 10 ? strtoll(s, NULL, 10) : NET_RETRY_AFTER_MAX + 1;
		return true;
	}
	time_t date = curl_getdate(s, NULL);
	/* One that is over may come from a clock that differs from ours: then our own pause is right. */
	if (date == -1 || date <= now)
		return false;
	*seconds = date - now;
	return true;
}

bool net_retry_pause(unsigned tried, const char *retry_after, time_t now, unsigned chance, unsigned *ms)
{
	long long seconds;
	if (tried > NET_RETRY_MAX)
		return false;
	if (retry_after && asked_for(retry_after, now, &seconds)) {
		*ms = seconds > NET_RETRY_AFTER_MAX ? 0 : (unsigned)seconds * 1000;
		return seconds <= NET_RETRY_AFTER_MAX;
	}
	*ms = FIRST_PAUSE_MS << (tried ? tried - 1 : 0);
	*ms += chance % (*ms / 4 + 1); /* so that many who failed at once don't come back at once */
	return true;
}

int net_retry_wait(struct net_retry *r, const char *retry_after, const struct progress *progress, bool *again,
		   struct err *err)
{
	unsigned chance = 0, ms;
	ssize_t got = getrandom(&chance, sizeof(chance), GRND_NONBLOCK);
	r->tried++;
	if (!net_retry_pause(r->tried, retry_after, time(NULL), got == sizeof(chance) ? chance : 0, &ms)) {
		*again = false;
		return progress_check(progress, err);
	}
	int waited = progress_wait(progress, ms, err);
	if (waited == 0)
		*again = true;
	return waited;
}
