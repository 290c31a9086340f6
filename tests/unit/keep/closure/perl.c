#include "keep/sources.h"

#define CORE "/usr/share/perl/5.36/"
#define VENDOR "/usr/share/perl5/"
static const struct source_file files[] = {
    {"usr/bin/date!", NULL},
    {"usr/bin/true!", NULL},
    {"usr/lib/x86_64-linux-gnu/perl-base/strict.pm", "1"},
    {"usr/share/perl/5.36/strict.pm", "2"},
    {"usr/share/perl/5.36/File/Spec.pm", "1"},
    {"usr/share/perl/5.36/File/Spec/Unix.pm", "1"},
    {"usr/share/perl/5.36/Getopt/Long.pm", "1"},
    {"usr/lib/x86_64-linux-gnu/perl/5.36/POSIX.pm", "1"},
    {"usr/lib/x86_64-linux-gnu/perl/5.36/auto/POSIX/POSIX.so", "x"},
    {"usr/share/perl5/Web.pm", "1"},
    {"usr/share/perl5/Web/Plugin/Lazy.pm", "use File::Spec;"},
    {"usr/share/perl5/Web/Guide.pod", "x"},
    {"usr/share/perl5/Net/One.pm", "1"},
    {"usr/share/perl5/Net/Two.pm", "1"},
    {"srv/app/lib/App/Main.pm", "1"},
    {"srv/app/conf.pl", "1"},
    {"opt/perl/Far.pm", "1"},
    {"usr/share/made/Made/Tree.pm", "use Made::Tree::Part;"},
    {"usr/share/made/Made/Tree/Part.pm", "1"},
    {"usr/share/made/Unmade/Tree.pm", "1"},
    {"usr/share/perl5/SQL/Dialects/ANSI.pm", "1"},
    {"usr/share/perl5/SQL/Dialects/CSV.pm", "1"},
    {"usr/share/perl5/SQL/Other.pm", "1"},
    {"usr/share/perl5/YAML.pm", "1"},
    {"usr/share/perl/5.36/unicore/To/Upper.pl", "1"},
    {"usr/share/perl/5.36/_charnames.pm", "1"},
    {"usr/share/perl/5.36/AnyDBM_File.pm", "1"},
    {"usr/share/perl/5.36/Big/Table.pm", "1"},
    {"usr/lib/x86_64-linux-gnu/perl/5.36/PerlIO/encoding.pm", "1"},
};
#define DIALECTS VENDOR "SQL/Dialects/ANSI.pm " VENDOR "SQL/Dialects/CSV.pm"

static void statements(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"use strict;", "/usr/lib/x86_64-linux-gnu/perl-base/strict.pm"},
	    {"sub f { require Getopt::Long; }", CORE "Getopt/Long.pm"},
	    {"use POSIX qw(floor);",
	     "/usr/lib/x86_64-linux-gnu/perl/5.36/POSIX.pm /usr/lib/x86_64-linux-gnu/perl/5.36/auto/POSIX/POSIX.so"},
	    {"use File::Spec; # use Net::Two;\n=pod\n\nuse Net::Two;\n\n=cut\n",
	     CORE "File/Spec.pm " CORE "File/Spec/Unix.pm"},
	    {"use Net::One;\n__END__\nuse Net::Two;", VENDOR "Net/One.pm"},
	    {"use Web;", VENDOR "Web.pm " CORE "File/Spec.pm " VENDOR "Web/Plugin/Lazy.pm " CORE "File/Spec/Unix.pm"},
	    {"use parent -norequire, 'Net::One', \"Net::Two\";", VENDOR "Net/One.pm " VENDOR "Net/Two.pm"},
	    {"use base qw(Net::One Net::Two);", VENDOR "Net/One.pm " VENDOR "Net/Two.pm"},
	    {"load_class('Net::Two')", VENDOR "Net/Two.pm"},
	    {"use lib 'lib'; use App::Main;", "/srv/app/lib/App/Main.pm"},
	    {"unshift @INC, join('/', $share, 'made'); require Made::Tree; require Tree;",
	     "/usr/share/made/Made/Tree.pm /usr/share/made/Made/Tree/Part.pm"},
	    {"do 'conf.pl'; require './conf.pl';", "/srv/app/conf.pl"},
	    {"my $x = `date -u`;", "/usr/bin/date"},
	    {"system('x | date');", "/usr/bin/date"},
	    {"system(qw(date -u));", "/usr/bin/date"},
	    {"can_run('date') or die;", "/usr/bin/date"},
	    {"system('true');", "/usr/bin/true"},
	    {"open my $p, '-|', 'date', '-u' or die;", "/usr/bin/date"},
	    {"open(P, 'date |') || die;", "/usr/bin/date"},
	    {"open(my $h, '<', 'date');", ""},
	    {"open(my $h, '-|'", ""},
	    {"use 5.010; use ::; use Gone; require $x;", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/main.pl", cases[i].text, 0644, cases[i].want);
}

static void named_in_part(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"my $m = \"SQL::Dialects::$x\";", DIALECTS},
	    {"my $m = 'SQL::Dialects::' . $x;", DIALECTS},
	    {"require \"SQL/Dialects/$x.pm\";", DIALECTS},
	    {"finder(search_path => 'SQL::Dialects')", DIALECTS},
	    {"my $dir = 'SQL/Dialects';", DIALECTS},
	    {"die \"SQL::Dialects: no $x\";", ""},
	    {"print \"${x}::Dialects\"", ""},
	    {"do \"unicore/To/$x.pl\"", CORE "unicore/To/Upper.pl"},
	    {"my $m = 'YAML';", ""},
	    {"my $m = 'YAML'; require $m;", VENDOR "YAML.pm"},
	    {"for my $m (qw(Gone YAML)) { eval \"require $m\" }", VENDOR "YAML.pm"},
	    {"my @m = qw(Net::One YAML);", VENDOR "Net/One.pm"},
	    {"use if $] < 6, YAML => 1;", VENDOR "YAML.pm"},
	    {"Net::Two->new", VENDOR "Net/Two.pm"},
	    {"open(my $h, '<:encoding(UTF-8)', $x)", "/usr/lib/x86_64-linux-gnu/perl/5.36/PerlIO/encoding.pm"},
	    {"print \"\\N{GREEK SMALL LETTER ALPHA}\"", CORE "_charnames.pm"},
	    {"dbmopen(%h, 'x', 0644)", CORE "AnyDBM_File.pm"},
	    {"'::' . '/' . \"/$x\" . ':::' . 'a::' . '../' . \"SQL::..::$x\"", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/main.pl", cases[i].text, 0644, cases[i].want);
}

static void environment(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/"}};
	strlist_add(&config.env, "PERL5LIB=/gone:/opt/perl");
	ASSERT_KEPT_FOR(files, &config, "srv/run", "#!/usr/bin/perl -w\nuse Far;", 0755, "/opt/perl/Far.pm");
	strlist_done(&config.env);
}

/* Perl in another program does not look in perl-base. */
static void embedded(void **state)
{
	for (int used = 0; used < 2; used++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		image_init(&m);
		image_sources(&m, files, sizeof(files) / sizeof(files[0]));
		image_file(&m, "usr/lib/x86_64-linux-gnu/libperl.so.5.36", "x");
		image_file(&m, "srv/app/main.pl", "use strict;");
		image_index(&m);
		CLEANUP_KEEP_SET struct keep_set k;
		keep_set_init(&k, m.index, NULL, KEEP_CLOSURE);
		keep_node(&k, image_node(&m, "/srv/app/main.pl"), KEEP_WHY(KEEP_TRACE, 0));
		if (used)
			keep_node(&k, image_node(&m, "/usr/lib/x86_64-linux-gnu/libperl.so.5.36"),
				  KEEP_WHY(KEEP_TRACE, 0));
		assert_int_equal(keep_closures(&k, NULL), 0);
		assert_true(keep_has(&k, image_node(&m, "/usr/lib/x86_64-linux-gnu/perl-base/strict.pm")));
		assert_int_equal(keep_has(&k, image_node(&m, CORE "strict.pm")), used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(statements), cmocka_unit_test(named_in_part),
					   cmocka_unit_test(environment), cmocka_unit_test(embedded)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
