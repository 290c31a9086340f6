/* keep/reason.h - why a node of the image stays. */
#pragma once

#include <stdint.h>

enum keep_reason_kind {
	KEEP_NONE,        /* not kept */
	KEEP_TRACE,       /* a run named it; by = path id of the trace */
	KEEP_PARENT,      /* by = the node below it */
	KEEP_SYMLINK,     /* crossed on the way; by = the node that the way led to, whose reason says who took it */
	KEEP_INTERPRETER, /* of the script or ELF program `by` */
	KEEP_LIBRARY,     /* DT_NEEDED of the ELF file `by`; note "dlopen": it opens it by name */
	KEEP_CONFIG,      /* the image config names it: command, health check, directories, volumes with content */
	KEEP_ENGINE,      /* engines need it to start any container: passwd and group, mount points */
	KEEP_IMPORT,      /* the source file `by` imports it; note: the statement's module */
	KEEP_COMMAND,     /* the file `by` names the program; note: the name */
	KEEP_ALIAS,       /* a symlink that leads to the kept node `by` */
	KEEP_RULE,    /* a rule (keep/rules) that the node `by` set off; note: its name, or one of keep_note_is_tree */
	KEEP_PACKAGE, /* of the language package that the node `by` is of; note: its name */
	KEEP_APPLICATION, /* the author's own; note: how that is known */
	KEEP_NAMED,    /* of a package that was installed by name or built with, or that goes with it; note: its name */
	KEEP_SCRIPTS,  /* what scripts are made of; by = the shell that stays */
	KEEP_SKELETON, /* a directory that programs fill; note: how that is known */
	KEEP_REST,     /* the level keeps what is not left out */
	KEEP_POLICY,   /* the user says so; note: the option or pattern */
	KEEP_DATABASE, /* the package database, trimmed to what remains */
	KEEP_HEALED,   /* a lookup of it failed in the slim image; note: the exercise's step or run */
};

struct keep_reason {
	uint8_t kind;  /* enum keep_reason_kind */
	uint32_t by;   /* node id or trace path id, as the kind says; IMAGE_NONE = nothing */
	uint32_t note; /* what the kind says, id in notes; KEEP_NO_NOTE = none */
};
#define KEEP_NO_NOTE UINT32_MAX
#define KEEP_WHY(kind, by) ((struct keep_reason){(kind), (by), KEEP_NO_NOTE})
#define KEEP_WHY_NOTED(kind, by, note) ((struct keep_reason){(kind), (by), (note)})
