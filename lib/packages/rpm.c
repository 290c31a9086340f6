/* rpm's database since 4.16: rpmdb.sqlite, whose table Packages has a header per package (rpm_header.h). All other
 * tables are indexes with the package's number in hnum. It is read from memory, never as a file: a database from an
 * image must not make SQLite write or open anything, nor work for longer than its size explains. So views are off,
 * each page is in one place, and time and bytes are bounded. The older formats (Berkeley DB, ndb) are not read. */
#include <sqlite3.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "packages/database.h"
#include "packages/rpm_header.h"

#define DIRECTORIES 2
static const char *const directories[DIRECTORIES] = {"/usr/lib/sysimage/rpm", "/var/lib/rpm"};
#define FILE_NAME "rpmdb.sqlite"
#define VERSIONS 18 /* offset of the two bytes that say which journal the file uses */
#define STEPS 1000  /* of SQLite's machine between two looks at the clock */
#define MAX_MS 60000

struct database {
	sqlite3 *sqlite;
	uint32_t node;  /* its file */
	uint64_t until; /* by clock_ms */
};

static int is_late(void *ctx)
{
	const struct database *d = ctx;
	return clock_ms() > d->until;
}

static void close_database(struct database *d)
{
	sqlite3_close(d->sqlite);
}
#define CLEANUP_DATABASE CLEANUP(close_database)

/* A page that is in two places would make many rows of few bytes. */
static bool is_sound(sqlite3 *db)
{
	sqlite3_stmt *check = NULL;
	bool ok = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
		  sqlite3_step(check) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
	sqlite3_finalize(check);
	return ok;
}

/* bytes are SQLite's own and freed by it. False if they are no database to read. */
static bool open_bytes(struct database *d, unsigned char *bytes, size_t n)
{
	if (sqlite3_open_v2(":memory:", &d->sqlite, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
		sqlite3_free(bytes);
		return false;
	}
	bytes[VERSIONS] = bytes[VERSIONS + 1] = 1; /* write-ahead logs need a file */
	sqlite3_db_config(d->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(d->sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(d->sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(d->sqlite, SQLITE_LIMIT_LENGTH, PACKAGES_FILE_MAX);
	sqlite3_progress_handler(d->sqlite, STEPS, is_late, d);
	d->until = clock_ms() + MAX_MS;
	/* on failure too, the memory is SQLite's from here on */
	return sqlite3_deserialize(d->sqlite, "main", bytes, (sqlite3_int64)n, (sqlite3_int64)n,
				   SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK &&
	       sqlite3_exec(d->sqlite, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL) == SQLITE_OK &&
	       is_sound(d->sqlite);
}

/* Open the database of the image in memory. False if the image does not have one that can be read. */
static bool open_database(const struct image_index *x, struct database *d)
{
	for (size_t i = 0; i < DIRECTORIES; i++) {
		CLEANUP_BUF struct buf path = {0}, wal = {0}, text = {0};
		buf_printf(&path, "%s/" FILE_NAME, directories[i]);
		buf_printf(&wal, "%s/" FILE_NAME "-wal", directories[i]);
		if (!image_index_text(x, path.data, PACKAGES_FILE_MAX, &text) || text.len < 512)
			continue;
		uint32_t journal = image_index_resolve(x, wal.data, true, NULL, NULL);
		if (journal != IMAGE_NONE && image_index_node(x, journal)->size)
			continue; /* what is in the journal is not in the file */
		d->node = image_index_resolve(x, path.data, true, NULL, NULL);
		unsigned char *copy = sqlite3_malloc64(text.len);
		if (!copy)
			continue;
		memcpy(copy, text.data, text.len);
		if (open_bytes(d, copy, text.len))
			return true;
		sqlite3_close(d->sqlite);
		d->sqlite = NULL;
	}
	return false;
}

static struct packages_field text_of(const unsigned char *blob, size_t n, enum packages_rpm_tag tag)
{
	struct packages_rpm_value v;
	const char *s = packages_rpm_header_find(blob, n, tag, &v) ? packages_rpm_value_string(&v) : NULL;
	return (struct packages_field){s, s ? strlen(s) : 0};
}

static uint32_t add(struct packages *p, const unsigned char *blob, size_t n)
{
	struct packages_field version = text_of(blob, n, PACKAGES_RPM_VERSION),
			      release = text_of(blob, n, PACKAGES_RPM_RELEASE);
	CLEANUP_BUF struct buf both = {0};
	buf_append(&both, version.n ? version.text : "", version.n);
	if (release.n)
		buf_printf(&both, "-%s", release.text);
	return packages_add(p, PACKAGES_RPM, text_of(blob, n, PACKAGES_RPM_NAME),
			    (struct packages_field){both.data, both.len}, text_of(blob, n, PACKAGES_RPM_ARCH));
}

/* A file's path is a directory by its number, and a name. */
static void own_files(struct packages *p, const struct image_index *x, uint32_t package, const unsigned char *blob,
		      size_t n)
{
	struct packages_rpm_value names, numbers, dirs;
	if (!packages_rpm_header_find(blob, n, PACKAGES_RPM_BASENAMES, &names) ||
	    !packages_rpm_header_find(blob, n, PACKAGES_RPM_DIRINDEXES, &numbers) ||
	    !packages_rpm_header_find(blob, n, PACKAGES_RPM_DIRNAMES, &dirs))
		return;
	CLEANUP_FREE const char **dir = NULL;
	size_t n_dirs = 0, cap = 0;
	uint32_t number;
	const char *s;
	while ((s = packages_rpm_value_string(&dirs))) {
		dir = mem_grow(dir, n_dirs, &cap, sizeof(*dir));
		dir[n_dirs++] = s;
	}
	CLEANUP_BUF struct buf path = {0};
	for (uint32_t i = 0; (s = packages_rpm_value_string(&names)) && packages_rpm_value_number(&numbers, i, &number);
	     i++) {
		if (number >= n_dirs || dir[number][0] != '/')
			continue;
		path.len = 0;
		buf_printf(&path, "%s%s", dir[number], s);
		packages_own(p, x, package, path.data);
	}
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	CLEANUP_DATABASE struct database d = {0};
	sqlite3_stmt *all = NULL;
	size_t total = 0;
	if (open_database(x, &d) &&
	    sqlite3_prepare_v2(d.sqlite, "SELECT blob FROM Packages ORDER BY rowid", -1, &all, NULL) == SQLITE_OK)
		while (sqlite3_step(all) == SQLITE_ROW && total < PACKAGES_FILE_MAX) {
			const unsigned char *blob = sqlite3_column_blob(all, 0);
			size_t n = (size_t)sqlite3_column_bytes(all, 0);
			uint32_t package = blob ? add(p, blob, n) : PACKAGES_NONE;
			if (package != PACKAGES_NONE)
				own_files(p, x, package, blob, n);
			total += n;
		}
	sqlite3_finalize(all);
	return 0;
}

/* ---- trimming ---- */

/* Delete a package's rows of every table that has them by its number. */
static void delete_package(sqlite3 *db, const struct strlist *tables, sqlite3_int64 hnum)
{
	for (size_t i = 0; i < tables->count; i++) {
		char *sql = sqlite3_mprintf("DELETE FROM \"%w\" WHERE hnum = %lld", tables->items[i], hnum);
		sqlite3_exec(db, sql, NULL, NULL, NULL); /* a table without hnum is no index */
		sqlite3_free(sql);
	}
}

static void list_tables(sqlite3 *db, struct strlist *out)
{
	sqlite3_stmt *all = NULL;
	if (sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &all, NULL) == SQLITE_OK)
		while (sqlite3_step(all) == SQLITE_ROW && out->count < 256)
			strlist_add(out, (const char *)sqlite3_column_text(all, 0));
	sqlite3_finalize(all);
}

static int trim_database(const struct packages *p, const struct image_index *x, const bool *kept, const bool *remains,
			 struct packages_edits *out, struct err *err)
{
	uint32_t next = packages_first(p, PACKAGES_RPM);
	CLEANUP_DATABASE struct database d = {0};
	sqlite3_stmt *all = NULL;
	CLEANUP_STRLIST struct strlist tables = {0};
	if (!open_database(x, &d))
		return 0;
	sqlite3 *db = d.sqlite;
	list_tables(db, &tables);
	CLEANUP_FREE sqlite3_int64 *gone = mem_calloc(p->count - next, sizeof(*gone));
	size_t n_gone = 0;
	if (sqlite3_prepare_v2(db, "SELECT hnum, blob FROM Packages ORDER BY rowid", -1, &all, NULL) == SQLITE_OK)
		while (sqlite3_step(all) == SQLITE_ROW) {
			const unsigned char *blob = sqlite3_column_blob(all, 1);
			if (!blob || !text_of(blob, (size_t)sqlite3_column_bytes(all, 1), PACKAGES_RPM_NAME).n)
				continue;
			if (next < p->count && !remains[next++])
				gone[n_gone++] = sqlite3_column_int64(all, 0);
		}
	sqlite3_finalize(all);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	for (size_t i = 0; i < n_gone; i++)
		delete_package(db, &tables, gone[i]);
	sqlite3_exec(db, "COMMIT; VACUUM", NULL, NULL, NULL);
	sqlite3_int64 size = 0;
	unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
	if (bytes)
		buf_append(packages_edit_add(out, d.node), bytes, (size_t)size);
	sqlite3_free(bytes);
	return 0;
}

const struct packages_database packages_database_rpm = {"/var/lib/rpm", read_database, trim_database};
const struct packages_database packages_database_rpm_sysimage = {.directory = "/usr/lib/sysimage/rpm"};
