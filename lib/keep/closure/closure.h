/* keep/closure/closure.h - a closure: looks at one kept regular file and keeps what it needs.
 * A closure is one file NAME.c with a const struct keep_closure, a row in closure/closures.c, and its tests.
 * What it keeps depends on the file and the index only, never on what else is kept: so the order in which files come
 * does not matter. A broken file needs nothing. */
#pragma once

#include "keep/file.h"

struct keep_closure {
	const char *name;
	enum keep_level level; /* from which on it runs */
	bool starts;           /* keeps what the program needs to start at all: also run for KEEP_SCRIPTS */
	bool unnamed;          /* no file names what it keeps, so it has nothing to tell (keep_closures_tell) */
	bool by_content;       /* the file's name does not matter: once for all names of a file is enough */
	bool (*applies)(const struct keep_file *f);
	/* The rules by which run reads a source; NULL = it reads none, or by several. With it, applies asks only the
	 * file and the index (keep/ahead.h). */
	const struct token_lexer *lexer;
	/* *state: the closure's own, NULL at first, for as long as one keep_closures runs. An error is one of reading
	 * the layers. */
	int (*run)(const struct keep_file *f, void **state, struct err *err);
	void (*free_state)(void *state); /* NULL = it has none */
};

extern const struct keep_closure keep_closure_elf;      /* PT_INTERP, DT_NEEDED, from "closure" on also dlopen */
extern const struct keep_closure keep_closure_script;   /* #! */
extern const struct keep_closure keep_closure_names;    /* other names of programs */
extern const struct keep_closure keep_closure_paths;    /* small files that programs name by their path */
extern const struct keep_closure keep_closure_rules;    /* keep/rules */
extern const struct keep_closure keep_closure_shell;    /* commands and paths of shell scripts */
extern const struct keep_closure keep_closure_python;   /* imports, packages, commands */
extern const struct keep_closure keep_closure_node;     /* modules, packages, commands */
extern const struct keep_closure keep_closure_perl;     /* modules, compiled parts, commands */
extern const struct keep_closure keep_closure_ruby;     /* features, gems, commands */
extern const struct keep_closure keep_closure_php;      /* includes, composer's packages, commands */
extern const struct keep_closure keep_closure_java;     /* class path of classes and jars */
extern const struct keep_closure keep_closure_data;     /* commands in crontabs, units, configuration */
extern const struct keep_closure keep_closure_spawn;    /* commands that compiled programs start */
extern const struct keep_closure keep_closure_cli;      /* assemblies, native libraries of .NET and Mono */
extern const struct keep_closure keep_closure_erlang;   /* applications and modules, also Elixir's */
extern const struct keep_closure keep_closure_r;        /* packages */
extern const struct keep_closure keep_closure_lua;      /* modules, commands */
extern const struct keep_closure keep_closure_tcl;      /* packages, sourced files, commands */
extern const struct keep_closure keep_closure_trees;    /* directories that programs and configuration name */
extern const struct keep_closure keep_closure_basics;   /* what scripts use, with a shell */
extern const struct keep_closure keep_closure_depended; /* programs of packages that the file's package depends on */
