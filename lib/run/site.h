/* run/site.h - what all runs of one command share: where their files go, and how every image is run. */
#pragma once

#include "base/progress.h"
#include "run/expectation.h"
#include "run/options.h"
#include "store/store.h"

struct run_site {
	struct store_run *dir;
	struct run_options options;    /* of every run; each run sets may_exit and may change more */
	bool restarts;                 /* each container is started a second time, on what it wrote the first time */
	bool is_service;               /* the original listens, so its own command is always run */
	const struct oci_port *expose; /* as if the image exposed them, too */
	size_t n_expose;
	const struct strlist *volumes;  /* as if the image had these volumes, too; NULL = none */
	const struct strlist *commands; /* a run for each, instead of the image's command */
	size_t n_commands;
	/* --exec-alone: the commands of --exec, to be run in containers of their own, behind the entrypoint, if the
	 * image does not listen and its own command ends before they are done. */
	const struct strlist *programs;
	size_t n_programs;
	bool alone;                      /* it did */
	struct run_expectation expected; /* of the original's runs */
	const struct progress *progress;
	unsigned n_containers; /* that were run: names them */
};
