#include "cmd/build/flags.h"

#include <string.h>

#include "cmd/docker_slim/report.h"
#include "cmd/page_file.h"
#include "os/output_file.h"
#include "text/secret.h"

#define AT(member) offsetof(struct build_flags, member)
static const struct option_row result_rows[] = {
    {"output", 'o', OPTION_LIST, AT(outputs), "REF", "write the slim image to REF (default: where the source is)",
     OPTION_COMMON},
    {"tag", 't', OPTION_LIST, AT(tags), "NAME", "call the slim image NAME (default: the source's name with .slim)",
     OPTION_COMMON},
    {"push", 0, OPTION_FLAG, AT(push), NULL, "push the slim image to the registry in its name", OPTION_COMMON},
    {"dest-creds", 0, OPTION_SECRET, AT(dest_creds), "USER:PASSWORD", "log in to the registry of the result"},
    {"format", 0, OPTION_STRING, AT(format), "oci|docker", "write this type of manifest (default: the source's)"},
    {"compression", 0, OPTION_STRING, AT(compression), "METHOD",
     "compress the new layer with gzip, zstd[:LEVEL] or none (default: the source's)", OPTION_RARE,
     "gzip|zstd|zstd:|none"},
    {"keep-index", 0, OPTION_FLAG, AT(keep_index), NULL, "keep the source's index with its other platforms"},
    {"others", 0, OPTION_STRING, AT(others), "keep|fail",
     "leave platforms that cannot be slimmed here as they are (keep), or fail (default)", OPTION_RARE, "keep|fail"},
    {"unpack", 0, OPTION_FLAG, AT(unpack), NULL, "let containerd unpack the slim image, so that it starts at once"},
};
const struct option_group build_flags_result_group = OPTION_GROUP("Result", result_rows);

static const struct option_row verify_rows[] = {
    {"trace", 0, OPTION_LIST, AT(traces), "FILE|attached",
     "build from a stored trace and run nothing; attached takes all beside SOURCE in its registry; PLATFORM=FILE names "
     "one platform",
     OPTION_COMMON},
    {"trace-max-drift", 0, OPTION_STRING, AT(max_drift), "N|P%",
     "fail (exit 4) if more than N, or P%, of the traced paths differ in SOURCE"},
    {"verify", 0, OPTION_STRING, AT(verify), "on|off",
     "run the result as the original was run, and compare (default: on)", OPTION_COMMON},
    REPEAT_ROW(AT(repeat)),
    {"heal", 0, OPTION_COUNT, AT(heal), "N",
     "add files that the result missed, and try again, at most N times (default: 3)"},
};
const struct option_group build_flags_verify_group = OPTION_GROUP("Stored traces and verification", verify_rows);

static const struct option_row report_rows[] = {
    DOCKER_SLIM_REPORT_ROWS(AT(report), AT(report_format)),
    {"copy-meta-artifacts", 0, OPTION_STRING, AT(artifacts), "DIR",
     "write the report and other files about the build to this directory"},
    {"html", 0, OPTION_STRING, AT(html), "FILE", "write a page that shows what stays and why", OPTION_COMMON},
    {"attach-report", 0, OPTION_FLAG, AT(attach_report), NULL, "store the report beside the image in the registry"},
    {"timings", 0, OPTION_FLAG, AT(timings), NULL,
     "list on stderr how long each step took, what it waited for, and what ran beside it; --verbose does so, too"},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print the report as JSON and no summary", OPTION_COMMON},
    {"dockerfile-out", 0, OPTION_STRING, AT(dockerfile), "FILE", "write a Dockerfile that makes the slim image"},
    {"dockerignore-out", 0, OPTION_STRING, AT(dockerignore), "FILE",
     "write a .dockerignore of the files that were copied in and never used"},
};
const struct option_group build_flags_report_group = OPTION_GROUP("Report", report_rows);

void build_flags_init(void *options)
{
	struct build_flags *f = options;
	container_flags_init(&f->container);
	f->heal = 3;
	f->repeat = 1;
}

void build_flags_done(void *options)
{
	struct build_flags *f = options;
	container_flags_done(&f->container);
	policy_flags_done(&f->policy);
	config_edit_flags_done(&f->config_edit);
	gate_flags_done(&f->gates);
	strlist_done(&f->outputs);
	strlist_done(&f->tags);
	strlist_done(&f->traces);
	secret_free(f->dest_creds);
}

bool build_flags_run(const struct build_flags *f)
{
	return f->several || !f->traces.count || (f->verify && strcmp(f->verify, "on") == 0);
}

/* An option that says what to run is a mistake where nothing is. */
static int check_traces(const struct build_flags *f, struct err *err)
{
	const struct container_flags *c = &f->container;
	const struct {
		const char *name;
		bool given;
	} running[] = {
	    {"run", c->runs.count},
	    {"http-probe-cmd", c->http.requests.count},
	    {"mount", c->surroundings.mounts.count},
	    {"tmpfs", c->surroundings.tmpfs.count},
	    {"device", c->surroundings.devices.count},
	    {"cap-add", c->rights.cap_add.count},
	    {"cap-drop", c->rights.cap_drop.count},
	    {"sysctl", c->rights.sysctls.count},
	    {"gpus", c->rights.gpus},
	    {"exec", c->execs.count},
	    {"host-exec", c->host_execs.count},
	    {"client", c->wire.clients.count},
	    {"tcp", c->wire.tcps.count},
	    {"unix", c->wire.unixes.count},
	    {"signal", c->signals.count},
	    {"stdin", c->input},
	    {"restart", c->restart},
	    {"repeat", f->repeat > 1},
	    {"ready", c->ready.count},
	    {"entrypoint", c->entrypoint},
	    {"cmd", c->cmd},
	    {"env", c->env.count},
	    {"env-file", c->env_files.count},
	    {"user", c->user},
	    {"workdir", c->workdir},
	};
	for (size_t i = 0; !build_flags_run(f) && i < sizeof(running) / sizeof(running[0]); i++)
		if (running[i].given)
			return err_set(err, ERR_INVAL, "option-conflict",
				       "with --trace the image is not run: leave out --%s, or add --verify=on",
				       running[i].name);
	return 0;
}

size_t build_flags_archives(const struct publish_wish *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->n_outputs; i++)
		n += transport_traits(w->outputs[i].scheme)->elsewhere == TRANSPORT_DEFAULT_FILE &&
		     output_file_is_stdout(w->outputs[i].location);
	return n;
}

bool build_flags_take_stdout(const struct build_flags *f, const struct publish_wish *w)
{
	return build_flags_archives(w) || output_flags_on_stdout(&f->ci) || (f->html && output_file_is_stdout(f->html));
}

static int check_stdout(const struct build_flags *f, const struct publish_wish *w, struct err *err)
{
	const size_t archives = build_flags_archives(w);
	const bool report = f->json || (f->report && output_file_is_stdout(f->report));
	if (archives && (archives > 1 || report))
		return err_set(err, ERR_INVAL, "option-conflict",
			       "the image goes to standard output, and nothing else can: name a file for %s",
			       archives > 1 ? "each further -o" : "the report (--report FILE, and no --json)");
	int r = output_flags_check_stdout(&f->ci, archives + report, err);
	if (r == 0)
		r = page_file_check_stdout(f->html, archives + report + output_flags_on_stdout(&f->ci), err);
	if (r < 0)
		return r;
	if ((f->dockerfile && output_file_is_stdout(f->dockerfile)) ||
	    (f->dockerignore && output_file_is_stdout(f->dockerignore)))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--dockerfile-out and --dockerignore-out take a file, not standard output");
	return 0;
}

int build_flags_check(const struct build_flags *f, const struct publish_wish *w, struct err *err)
{
	int r = check_traces(f, err);
	return r < 0 ? r : check_stdout(f, w, err);
}
