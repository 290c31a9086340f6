#include "unit.h"

#include <sqlite3.h>

#include "image.h"
#include "packages/packages.h"
#include "packages/rpm_header.h"

static void put32(struct buf *b, uint32_t n)
{
	const unsigned char bytes[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
					(unsigned char)n};
	buf_append(b, bytes, 4);
}

struct maker {
	struct buf index, data;
	uint32_t entries;
};

static void put(struct maker *m, enum packages_rpm_tag tag, uint32_t type, uint32_t count, const void *data, size_t n)
{
	put32(&m->index, tag);
	put32(&m->index, type);
	put32(&m->index, (uint32_t)m->data.len);
	put32(&m->index, count);
	buf_append(&m->data, data, n);
	m->entries++;
}

/* A package with /usr/bin/NAME and /usr/share/NAME. */
static struct buf header(const char *name)
{
	struct maker m = {0};
	struct buf blob = {0};
	CLEANUP_BUF struct buf names = {0}, numbers = {0};
	for (int i = 0; i < 2; i++)
		buf_append(&names, name, strlen(name) + 1);
	put32(&numbers, 1);
	put32(&numbers, 0);
	put(&m, PACKAGES_RPM_NAME, 6, 1, name, strlen(name) + 1);
	put(&m, PACKAGES_RPM_VERSION, 6, 1, "1.2", 4);
	put(&m, PACKAGES_RPM_RELEASE, 6, 1, "3", 2);
	put(&m, PACKAGES_RPM_ARCH, 6, 1, "noarch", 7);
	put(&m, PACKAGES_RPM_BASENAMES, 8, 2, names.data, names.len);
	put(&m, PACKAGES_RPM_DIRINDEXES, 4, 2, numbers.data, numbers.len);
	put(&m, PACKAGES_RPM_DIRNAMES, 8, 2, "/usr/share/\0/usr/bin/", 22);
	put32(&blob, m.entries);
	put32(&blob, (uint32_t)m.data.len);
	buf_append(&blob, m.index.data, m.index.len);
	buf_append(&blob, m.data.data, m.data.len);
	buf_done(&m.index);
	buf_done(&m.data);
	return blob;
}

static void run(sqlite3 *db, const char *sql)
{
	char *error = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

static void insert(sqlite3 *db, const void *blob, size_t n)
{
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES(?)", -1, &s, NULL), SQLITE_OK);
	sqlite3_bind_blob(s, 1, blob, (int)n, SQLITE_TRANSIENT);
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
}

/* The database as the image's; db is closed. twice: the last page of the table with root page `twice` becomes what its
 * first is; 0 = not. */
static void put_database(struct test_image *m, sqlite3 *db, int twice)
{
	sqlite3_int64 size;
	unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
	bytes[18] = bytes[19] = 2; /* as rpm writes it: with a write-ahead log */
	if (twice) {
		unsigned char *page = bytes + (size_t)(twice - 1) * (bytes[16] << 8 | bytes[17]);
		assert_int_equal(page[0], 5); /* its children are pages */
		memcpy(page + 8, page + (page[12] << 8 | page[13]), 4);
	}
	image_init(m);
	image_bytes(m, "usr/lib/sysimage/rpm/rpmdb.sqlite", bytes, (size_t)size, 0644);
	sqlite3_free(bytes);
	sqlite3_close(db);
}

static void make(struct test_image *m)
{
	sqlite3 *db;
	CLEANUP_BUF struct buf a = header("alpha"), b = header("beta");
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run(db, "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);"
		"CREATE TABLE \"Name\" (key TEXT, hnum INTEGER, idx INTEGER)");
	insert(db, a.data, a.len);
	insert(db, "garbage", 7);
	insert(db, b.data, b.len);
	run(db, "INSERT INTO \"Name\" VALUES ('alpha', 1, 0), ('beta', 3, 0)");
	put_database(m, db, 0);
	image_program(m, "usr/bin/alpha", "x");
	image_program(m, "usr/bin/beta", "x");
	image_file(m, "usr/share/alpha", "x");
}

static void is_read(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.items[0].name, "alpha");
	assert_string_equal(p.items[0].version, "1.2-3");
	assert_string_equal(p.items[0].architecture, "noarch");
	assert_int_equal(p.owner[image_node(&m, "/usr/share/alpha")], 0);
	assert_int_equal(p.owner[image_node(&m, "/usr/bin/beta")], 1);
	assert_true(p.database[image_node(&m, "/usr/lib/sysimage/rpm/rpmdb.sqlite")]);
}

static int count(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void is_trimmed(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	CLEANUP_FREE bool *kept = mem_calloc(image_index_count(m.index), sizeof(*kept));
	kept[image_node(&m, "/usr/bin/beta")] = true;
	struct packages_edits edits = {0};
	assert_int_equal(packages_trim(&p, m.index, kept, &edits, NULL), 0);
	assert_int_equal(edits.count, 1);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_deserialize(db, "main", (unsigned char *)edits.items[0].content.data,
					     (sqlite3_int64)edits.items[0].content.len,
					     (sqlite3_int64)edits.items[0].content.len, SQLITE_DESERIALIZE_READONLY),
			 SQLITE_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM Packages WHERE hnum = 3"), 1);
	assert_int_equal(count(db, "SELECT count(*) FROM Packages WHERE hnum = 1"), 0);
	assert_int_equal(count(db, "SELECT count(*) FROM \"Name\""), 1);
	sqlite3_close(db);
	packages_edits_done(&edits);
}

static void hostile(void **state)
{
	CLEANUP_BUF struct buf whole = header("x");
	struct packages_rpm_value v;
	for (size_t n = 0; n < whole.len; n++) /* its end is where the numbers in it say, or it is nothing */
		assert_false(packages_rpm_header_find((const unsigned char *)whole.data, n, PACKAGES_RPM_NAME, &v));
	CLEANUP_BUF struct buf changed = {0};
	buf_append(&changed, whole.data, whole.len);
	for (size_t i = 0; i < changed.len; i++) {
		char was = changed.data[i];
		changed.data[i] = (char)0xff;
		uint32_t number;
		for (int tag = PACKAGES_RPM_DIRINDEXES; tag <= PACKAGES_RPM_DIRNAMES; tag++)
			if (packages_rpm_header_find((const unsigned char *)changed.data, changed.len,
						     (enum packages_rpm_tag)tag, &v)) {
				(void)packages_rpm_value_number(&v, 1, &number);
				while (packages_rpm_value_string(&v))
					;
			}
		changed.data[i] = was;
	}
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	CLEANUP_FREE char *noise = mem_alloc(4096);
	memset(noise, 0x41, 4096);
	memcpy(noise, "SQLite format 3", 16);
	image_bytes(&m, "var/lib/rpm/rpmdb.sqlite", noise, 4096, 0644);
	image_index(&m);
	CLEANUP_PACKAGES struct packages p;
	assert_int_equal(packages_read(m.index, &p, NULL), 0);
	assert_int_equal(p.count, 0);
	struct packages_edits edits = {0};
	CLEANUP_FREE bool *kept = mem_calloc(image_index_count(m.index), sizeof(*kept));
	assert_int_equal(packages_trim(&p, m.index, kept, &edits, NULL), 0);
	packages_edits_done(&edits);
}

/* Read and trimmed, it has no packages. */
static void assert_unread(struct test_image *m)
{
	image_index(m);
	CLEANUP_PACKAGES struct packages p;
	struct packages_edits edits = {0};
	CLEANUP_FREE bool *kept = mem_calloc(image_index_count(m->index), sizeof(*kept));
	assert_int_equal(packages_read(m->index, &p, NULL), 0);
	assert_int_equal(p.count, 0);
	assert_int_equal(packages_trim(&p, m->index, kept, &edits, NULL), 0);
	packages_edits_done(&edits);
}

static void a_view_is_not_read(void **state)
{
	sqlite3 *db;
	CLEANUP_TEST_IMAGE struct test_image m;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run(db, "CREATE VIEW Packages AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i FROM r) "
		"SELECT 1 AS rowid, i AS hnum, 'x' AS blob FROM r");
	put_database(&m, db, 0);
	assert_unread(&m);
}

static void a_page_in_two_places_is_not_read(void **state)
{
	sqlite3 *db;
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_BUF struct buf a = header("alpha");
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run(db, "PRAGMA page_size = 512; CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)");
	for (int i = 0; i < 20; i++)
		insert(db, a.data, a.len);
	put_database(&m, db, 2);
	assert_unread(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_read),
	    cmocka_unit_test(is_trimmed),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(a_view_is_not_read),
	    cmocka_unit_test(a_page_in_two_places_is_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
