#include "keep/sources.h"

static const struct source_file files[] = {
    {"usr/bin/sort!", NULL},
    {"usr/bin/date!", NULL},
    {"usr/share/tcltk/tcllib/md5/pkgIndex.tcl", "package ifneeded md5 2.0 [list source [file join $dir md5x.tcl]]\n"
						"package ifneeded md5::old 1.0 [list source [file join $dir m1.tcl]]"},
    {"usr/share/tcltk/tcllib/md5/md5x.tcl", "package require -exact hash 1.0\n"},
    {"usr/share/tcltk/tcllib/hash/pkgIndex.tcl", "package ifneeded hash 1.0 {load hash.so}"},
    {"usr/share/tcltk/tcllib/hash/hash.so", "x"},
    {"usr/share/tcltk/tcllib/other/pkgIndex.tcl", "package ifneeded other 1.0 {}"},
    {"usr/share/tcltk/tcl8/8.6/http-2.9.5.tm", "x"},
    {"usr/share/tcltk/tcl8/8.6/httpx-1.tm", "x"},
    {"srv/app/lib/own.tcl", "x"},
    {"srv/app/data.txt", "x"},
};

#define HASH "/usr/share/tcltk/tcllib/hash/hash.so /usr/share/tcltk/tcllib/hash/pkgIndex.tcl"
static void sources(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"package require md5",
	     HASH " /usr/share/tcltk/tcllib/md5/md5x.tcl /usr/share/tcltk/tcllib/md5/pkgIndex.tcl"},
	    {"if {[catch {package require hash}]} {}", HASH},
	    {"# package require hash\nset x 1", ""},
	    {"package require http 2", "/usr/share/tcltk/tcl8/8.6/http-2.9.5.tm"},
	    {"source [file join $dir lib/own.tcl]", "/srv/app/lib/own.tcl"},
	    {"set f [open data.txt]", "/srv/app/data.txt"},
	    {"puts [exec sort << $x]", "/usr/bin/sort"},
	    {"set p [open \"|date -u\"]", "/usr/bin/date"},
	    {"package require", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/a.tcl", cases[i].text, 0644, cases[i].want);
	/* Tcl reads each index that it finds: that says nothing */
	ASSERT_KEPT_FOR(files, NULL, "srv/app/pkgIndex.tcl", "package ifneeded a 1 {package require hash}", 0644, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sources)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
