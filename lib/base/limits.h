/* base/limits.h - caps on all data that comes from outside. Larger data is refused with ERR_LIMIT before memory is
 * allocated for it. Sizes in bytes. */
#pragma once

#define LIMIT_MANIFEST (4u << 20)       /* manifest or index (distribution-spec 1.1 asks for 4 MiB) */
#define LIMIT_CONFIG (8u << 20)         /* image config */
#define LIMIT_INDEX_ENTRIES 1024        /* manifests in one index */
#define LIMIT_INDEX_DEPTH 4             /* index in index */
#define LIMIT_LAYERS 512                /* layers of one image; overlayfs takes 500 */
#define LIMIT_LAYER_BYTES (1ull << 40)  /* one layer, unpacked */
#define LIMIT_LAYER_RATIO 2000          /* unpacked bytes per compressed byte, above LIMIT_LAYER_FREE */
#define LIMIT_LAYER_FREE (64ull << 20)  /* unpacked bytes that need no ratio */
#define LIMIT_SPARSE (16ull << 30)      /* holes in the files of one image; --max-sparse raises it */
#define LIMIT_LAYER_HEADER (8u << 20)   /* tar headers of one entry, with its sparse map */
#define LIMIT_ENTRIES 4000000           /* entries of one layer */
#define LIMIT_UNPACK_MEMORY (64u << 20) /* for directories and links of the layers being unpacked */
#define LIMIT_EROFS_MEMORY (512u << 20) /* for the entries of a layer that is mounted and not unpacked */
#define LIMIT_PATH 4095                 /* a path inside an image */
#define LIMIT_NAME 255                  /* one component of it */
#define LIMIT_XATTRS 256                /* of one entry */
#define LIMIT_XATTR_BYTES 65536         /* one value (XATTR_SIZE_MAX of Linux) */
#define LIMIT_SYMLINKS 40               /* crossed in one lookup, as in Linux */
#define LIMIT_ARCHIVE_MEMBERS 65536     /* members of a docker-archive or oci-archive */
#define LIMIT_PASSWD (4u << 20)         /* /etc/passwd and /etc/group of an image */
#define LIMIT_SUBID (4u << 20)          /* /etc/subuid and /etc/subgid */
#define LIMIT_SCRIPT_LINE 256           /* what Linux reads of a #! line (BINPRM_BUF_SIZE) */
#define LIMIT_ELF_SEGMENTS 1024         /* program headers looked at; the kernel takes 1170 of 64-bit ones */
#define LIMIT_ELF_DYNAMIC (1u << 20)    /* dynamic section */
#define LIMIT_ELF_NEEDED 1024           /* libraries that one object names */
#define LIMIT_ELF_STRING 4095           /* name of a library, interpreter path, search path */
#define LIMIT_ELF_DIRS 128              /* directories of one search path */
#define LIMIT_ELF_SYMBOLS (32u << 20)   /* dynamic symbol table of one object */
#define LIMIT_ELF_BYTES (256u << 20)    /* of one object's segments, searched for texts */
#define LIMIT_ELF_NAMES 4096            /* libraries looked for because an object that calls dlopen holds their names */
#define LIMIT_ELF_DEPTH 32              /* chain of objects that inherit a DT_RPATH */
#define LIMIT_LD_CONF (64u << 10)       /* /etc/ld.so.conf and what it includes, each */
#define LIMIT_LD_CONF_FILES 256         /* files of it */
#define LIMIT_SOURCE (4u << 20)         /* read of one source text of a script */
#define LIMIT_SOURCE_TOKENS (1u << 20)  /* of one */
#define LIMIT_CLI_METADATA (32u << 20)  /* metadata of one .NET assembly */
#define LIMIT_BEAM (16u << 20)          /* one compiled module of Erlang, inflated */
#define LIMIT_PACKAGE_TEXT (8u << 20)   /* a language package's metadata, one file */
#define LIMIT_HTTP_HEADER (64u << 10)   /* all header lines of one response */
#define LIMIT_CHALLENGE 8192            /* one WWW-Authenticate header */
#define LIMIT_CHALLENGE_PARAMETERS 64   /* of one */
#define LIMIT_AUTH_FILE (1u << 20)      /* auth.json, Docker's config.json */
#define LIMIT_CREDENTIAL (64u << 10)    /* user and password, or a token; what a credential helper prints */
#define LIMIT_TOKEN_ANSWER (256u << 10) /* of a token server */
#define LIMIT_TOKENS 64                 /* kept for one registry */
#define LIMIT_SET_COOKIES 50            /* cookies that one response sets */
#define LIMIT_COOKIES 1000              /* of a service, kept in a run */
#define LIMIT_HTTP_BODY (4u << 20)      /* body kept from one probe response */
#define LIMIT_CAPTURE (64 << 10)        /* a value that a probe takes from a response */
#define LIMIT_HTML (1u << 20)           /* of a body, read for links */
#define LIMIT_WIRE (16u << 20)          /* received on one connection of a probe without HTTP */
#define LIMIT_WIRE_MESSAGE (1u << 20)   /* one message of it */
#define LIMIT_LINKS 4096                /* taken from one body */
#define LIMIT_LINK 8192                 /* one of them; longer ones are left out */
#define LIMIT_PROBE_BODY (64u << 20)    /* a file that a request sends */
#define LIMIT_PROBE_REQUESTS 100000     /* of one file that names requests */
#define LIMIT_SITEMAP (64u << 20)       /* a sitemap, without gzip; the protocol says 50 MB */
#define LIMIT_SITEMAP_PARTS 1000        /* of an index of sitemaps */
#define LIMIT_HAR (128u << 20)          /* a browser's recording, with the answers */
#define LIMIT_HAR_VALUES 4000000        /* JSON values of it */
#define LIMIT_POLICY (4u << 20)         /* a policy file, a file of patterns */
#define LIMIT_TOML (1u << 20)           /* a configuration file */
#define LIMIT_TOML_TABLES 4096          /* of it */
#define LIMIT_TOML_DEPTH 32             /* arrays and inline tables in each other, parts of a key */
#define LIMIT_YAML (16u << 20)          /* a YAML document */
#define LIMIT_YAML_DEPTH 128            /* of it: mappings and sequences in each other */
#define LIMIT_YAML_NODES 1000000        /* of it, after aliases */
#define LIMIT_API_DOCUMENT (16u << 20)  /* an API description, and each file that it refers to */
#define LIMIT_API_VALUES 2000000u       /* of one, at most: commas and opening brackets */
#define LIMIT_CONTAINERD_ANSWER (16u << 20) /* one message of containerd */
#define LIMIT_TAR_SPLIT (1ull << 33)        /* what an engine keeps of one tar, inflated */
#define LIMIT_TAR_SPLIT_LINE (16u << 20)    /* of it */
#define LIMIT_EXPORT_JSON (32u << 20)       /* JSON of one export of an engine that is kept until its config is known */
#define LIMIT_STORE_CONFIGS 256             /* configs of streamed images that the store keeps */
#define LIMIT_REPORT (256u << 20)           /* a stored report */
#define LIMIT_TRACE (64u << 20)             /* a stored trace */
#define LIMIT_TRACE_VALUES 8000000          /* JSON values of it */
#define LIMIT_TRACE_PATHS 1000000           /* paths of it */
#define LIMIT_TRACE_PATH 8191               /* one of them: a working directory and a name, joined */
#define LIMIT_TRACE_PROGRAMS 65536
#define LIMIT_TRACE_ASSUMED 1024         /* system calls of it that were not watched */
#define LIMIT_TRACE_UNEXPLAINED 1000     /* differences of its witnesses that are told by name */
#define LIMIT_LOCK (64u << 20)           /* a lock file */
#define LIMIT_LOCK_ITEMS 500000          /* lines of it */
#define LIMIT_EVIDENCE_STEPS (16u << 20) /* symlinks crossed and directories left by the paths of one trace */
#define LIMIT_TRACE_IMAGES 1024          /* that it was recorded of */
#define LIMIT_ANSWER (32u << 10)         /* of an answer, kept to show where two differ */
#define LIMIT_OUTPUT (4u << 20)          /* of a command's standard output, looked at */
#define LIMIT_LOG_TAIL 8192              /* of the container's output shown when it fails */
#define LIMIT_DOCKER_CONFIG (1u << 20)   /* docker's config.json, a context's meta.json */
#define LIMIT_ENGINE_SAID (64u << 10)    /* an engine's answer to what failed, to a ping */
#define LIMIT_ENGINE_INFO (4u << 20)     /* its description of itself */
#define LIMIT_ENGINE_LAYERS (64u << 20)  /* list of all layers that podman has */
#define LIMIT_INSPECT (8u << 20)         /* what an engine says of an image */
#define LIMIT_LOAD_ANSWER (4u << 20)     /* what an engine says while it loads one */

/* Of slim build --file. */
#define LIMIT_BATCH_FILE (1u << 20)       /* the file */
#define LIMIT_BATCH_IMAGES 256            /* of it */
#define LIMIT_BATCH_ARGUMENTS (16u << 20) /* of all its images, with variables and aliases written out */
#define LIMIT_BATCH_REPORT (64u << 20)    /* what the build of one image prints as its report */
#define LIMIT_BATCH_LINE 8192             /* of its messages; a longer one is cut in lines */

/* Of a compose project. */
#define LIMIT_COMPOSE_FILE (1u << 20)      /* one of its files, or an environment file */
#define LIMIT_COMPOSE_FILES 128            /* read for it: with those of include, extends and env_file */
#define LIMIT_COMPOSE_DEPTH 16             /* include in include, extends of extends, ${} in ${} */
#define LIMIT_COMPOSE_SERVICES 256         /* and networks, volumes, configs and secrets, each */
#define LIMIT_COMPOSE_ITEMS 4096           /* of one list or mapping of a service */
#define LIMIT_COMPOSE_MOUNTS 1024          /* of a service */
#define LIMIT_COMPOSE_UNSET 100            /* variables that are noted as not set */
#define LIMIT_COMPOSE_VARIABLES (8u << 20) /* bytes of all values of one environment file, with its variables */
#define LIMIT_COMPOSE_VALUES 500000        /* of the project, with all that its services share written out */
#define LIMIT_COMPOSE_TEXT (64u << 20)     /* bytes of all its strings, with the values of variables */
