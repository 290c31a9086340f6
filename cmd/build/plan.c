#include "cmd/build/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/docker_slim/report.h"
#include "cmd/streams.h"
#include "layer/compression.h"

void build_plan_done(struct build_plan *p)
{
	container_plan_done(&p->container);
	keep_policy_done(&p->policy);
	config_edit_done(&p->config_edit);
	gate_plan_done(&p->gates);
	publish_wish_done(&p->options.wish);
	build_platforms_done(&p->platforms);
}

static int parse_compression(const char *text, struct pipeline_build_options *o, struct err *err)
{
	struct layer_compression c;
	if (!layer_compression_parse(text, &c))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--compression takes " LAYER_COMPRESSION_FORMS ", not \"%s\"", text);
	o->compression_set = true;
	o->compression = c.method;
	o->level = c.level;
	return 0;
}

static int parse_format(const char *text, struct pipeline_build_options *o, struct err *err)
{
	o->format_set = true;
	o->format = strcmp(text, "docker") == 0 ? OCI_FAMILY_DOCKER : OCI_FAMILY_OCI;
	if (o->format == OCI_FAMILY_OCI && strcmp(text, "oci") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--format takes oci or docker, not \"%s\"",
			       text);
	return 0;
}

static int parse_verify(const char *text, struct pipeline_build_options *o, struct err *err)
{
	bool on = strcmp(text, "on") == 0;
	if (!on && strcmp(text, "off") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--verify takes on or off, not \"%s\"", text);
	o->verify = on ? PIPELINE_BUILD_VERIFY_ON : PIPELINE_BUILD_VERIFY_OFF;
	return 0;
}

/* SOURCE_DATE_EPOCH (reproducible-builds.org): the time that the result says it was made. */
static int parse_created(struct build_plan *p, struct err *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	if (!epoch || !*epoch)
		return 0;
	char *end;
	errno = 0;
	long long value = strtoll(epoch, &end, 10);
	time_t t = (time_t)value;
	struct tm tm;
	if (errno || *end || value < 0 || value > 253402300799ll || !gmtime_r(&t, &tm))
		return err_set(err, ERR_INVAL, "source-date-epoch-malformed",
			       "SOURCE_DATE_EPOCH is not a number of seconds: %s", epoch);
	strftime(p->created, sizeof(p->created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	p->options.created = p->created;
	return 0;
}

static int parse_drift(const struct build_flags *f, struct pipeline_check_options *o, struct err *err)
{
	if (f->max_drift && !f->traces.count)
		return err_set(err, ERR_INVAL, "option-conflict", "--trace-max-drift needs --trace FILE");
	return f->max_drift ? ci_drift_limit_parse(f->max_drift, &o->max_drift, err) : 0;
}

int build_plan_make(struct build_flags *f, const char *source, struct build_plan *p, struct err *err)
{
	struct pipeline_build_options *o = &p->options;
	int r = docker_slim_report_format(f->report_format, &f->theirs, err);
	if (r < 0 || (r = build_platforms_parse(f, &p->platforms, err)) < 0 ||
	    (r = container_plan_init(&p->container, &f->container, source, NULL, err)) < 0 ||
	    (r = container_plan_repeat(&p->container, f->repeat, err)) < 0 || (r = parse_created(p, err)) < 0 ||
	    (r = publish_wish_parse(&f->outputs, &f->tags, f->push, &o->wish, err)) < 0 ||
	    (r = build_flags_check(f, &o->wish, err)) < 0)
		return r;
	o->dest_creds = f->dest_creds;
	o->dockerfile_out = f->dockerfile;
	o->dockerignore_out = f->dockerignore;
	o->keep_index = f->keep_index;
	o->wish.index = f->keep_index || p->platforms.several;
	o->attach_report = f->attach_report;
	o->unpack = f->unpack;
	if (f->format && (r = parse_format(f->format, o, err)) < 0)
		return r;
	o->traces = &p->platforms.files;
	o->heal = f->heal;
	if (f->verify && (r = parse_verify(f->verify, o, err)) < 0)
		return r;
	if ((r = policy_flags_parse(&f->policy, &p->policy, err)) < 0)
		return r;
	if ((r = config_edit_init(&p->config_edit, &f->config_edit, &p->policy, err)) < 0)
		return r;
	const bool verifies = o->verify == PIPELINE_BUILD_VERIFY_AUTO ? p->platforms.several || !f->traces.count
								      : o->verify == PIPELINE_BUILD_VERIFY_ON;
	if ((r = gate_flags_plan(&f->gates, verifies, &p->gates, err)) < 0 ||
	    (r = lock_flags_parse(&f->lock, &p->gates.check.lock, err)) < 0 ||
	    (r = parse_drift(f, &p->gates.check, err)) < 0)
		return r;
	o->check = &p->gates.check;
	o->keep_original = p->gates.keep_original;
	if ((r = build_platforms_check(f, o->keep_original, err)) < 0)
		return r;
	o->config_edit = p->config_edit.config;
	o->policy = &p->policy;
	o->reasons = f->artifacts || f->html || (f->report && !f->theirs);
	o->may_publish = f->json ? streams_check_output : NULL;
	return f->compression ? parse_compression(f->compression, o, err) : 0;
}
