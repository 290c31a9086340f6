#include "keep/sources.h"

#define LIB "/usr/lib/R/library/"
static const struct source_file files[] = {
    {"bin/sh!", NULL},
    {"usr/bin/date!", NULL},
    {"usr/lib/R/library/MASS/DESCRIPTION",
     "Package: MASS\nDepends: R (>= 4.0), nnet\nImports: gone,\n lattice (>= 1)\nSuggests: spatial\n"},
    {"usr/lib/R/library/MASS/Meta/package.rds", "x"},
    {"usr/lib/R/library/MASS/R/MASS.rdb", "x"},
    {"usr/lib/R/library/MASS/help/MASS.rdb", "x"},
    {"usr/lib/R/library/nnet/DESCRIPTION", "Package: nnet\n"},
    {"usr/lib/R/library/nnet/Meta/package.rds", "x"},
    {"usr/lib/R/library/nnet/libs/nnet.so", "x"},
    {"usr/local/lib/R/site-library/lattice/DESCRIPTION", "Package: lattice\n"},
    {"usr/local/lib/R/site-library/lattice/Meta/package.rds", "x"},
    {"usr/lib/R/library/spatial/DESCRIPTION", "Package: spatial\n"},
    {"usr/lib/R/library/spatial/Meta/package.rds", "x"},
    {"srv/app/util.R", "x"},
    {"srv/app/notes/DESCRIPTION", "x"},
};
#define NNET LIB "nnet/DESCRIPTION " LIB "nnet/Meta/package.rds " LIB "nnet/libs/nnet.so"
#define SPATIAL LIB "spatial/DESCRIPTION " LIB "spatial/Meta/package.rds"

static void packages(void **state)
{
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/R/library/MASS/R/MASS.rdx", "x", 0644,
			LIB "MASS/DESCRIPTION " LIB "nnet/DESCRIPTION " LIB "MASS/Meta/package.rds " LIB
			    "MASS/R/MASS.rdb " LIB "nnet/Meta/package.rds " LIB "nnet/libs/nnet.so "
			    "/usr/local/lib/R/site-library/lattice/DESCRIPTION "
			    "/usr/local/lib/R/site-library/lattice/Meta/package.rds");
}

static void sources(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"library(nnet)", NNET},
	    {"suppressMessages(require(\"spatial\")) # library(nnet)", SPATIAL},
	    {"x <- spatial::surf.ls(1)", SPATIAL},
	    {"for (p in c('nnet', 'none')) library(p, character.only = TRUE)", NNET},
	    {"nnet <- spatial:1", ""},
	    {"source('util.R')", "/srv/app/util.R"},
	    {"system('date', intern = TRUE)", "/bin/sh /usr/bin/date"},
	    {"system2(\"date\", '-u')", "/bin/sh /usr/bin/date"},
	    {"library(", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/a.R", cases[i].text, 0644, cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(packages), cmocka_unit_test(sources)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
