#include "keep/sources.h"

#define LIB "/usr/lib/ruby/3.1.0/"
#define GEMS "/var/lib/gems/3.1.0/"
static const struct source_file files[] = {
    {"usr/bin/date!", NULL},
    {"usr/lib/ruby/3.1.0/fileutils.rb", "1"},
    {"usr/lib/ruby/3.1.0/json.rb", "require 'json/common'"},
    {"usr/lib/ruby/3.1.0/json/common.rb", "1"},
    {"usr/lib/x86_64-linux-gnu/ruby/3.1.0/rbconfig.rb", "1"},
    {"usr/lib/x86_64-linux-gnu/ruby/3.1.0/socket.so", "x"},
    {"var/lib/gems/3.1.0/gems/rack-2.2/lib/rack.rb", "autoload :Lazy, 'rack/lazy'"},
    {"var/lib/gems/3.1.0/gems/rack-2.2/lib/rack/lazy.rb", "1"},
    {"var/lib/gems/3.1.0/gems/rack-2.2/test/a.rb", "1"},
    {"var/lib/gems/3.1.0/gems/rack-2.2/README.md", "1"},
    {"var/lib/gems/3.1.0/specifications/rack-2.2.gemspec",
     "s.add_runtime_dependency(%q<mime-types>.freeze, [\">= 1\"])\ns.add_development_dependency(%q<dev>, [])\n"},
    {"var/lib/gems/3.1.0/gems/mime-types-3/lib/mime/types.rb", "1"},
    {"var/lib/gems/3.1.0/gems/mime-types-3/data/x.json", "1"},
    {"var/lib/gems/3.1.0/specifications/mime-types-3.gemspec", "x"},
    {"var/lib/gems/3.1.0/gems/dev-1/lib/dev.rb", "1"},
    {"var/lib/gems/3.1.0/specifications/dev-1.gemspec", "x"},
    {"var/lib/gems/3.1.0/gems/nat-1/lib/nat.rb", "1"},
    {"var/lib/gems/3.1.0/specifications/nat-1.gemspec", "x"},
    {"var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/nat-1/nat/nat.so", "x"},
    {"srv/app/lib/own.rb", "1"},
    {"srv/app/models/a.rb", "1"},
    {"opt/rb/far.rb", "1"},
};

static void statements(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"require 'json'", LIB "json.rb " LIB "json/common.rb"},
	    {"def f\n  require \"socket\" # require 'json'\nend", "/usr/lib/x86_64-linux-gnu/ruby/3.1.0/socket.so"},
	    {"=begin\nrequire 'json'\n=end\nrequire_relative 'lib/own'", "/srv/app/lib/own.rb"},
	    {"require 'own'", "/srv/app/lib/own.rb"},
	    {"IO.popen(%w[date -u], 'r')", "/usr/bin/date"},
	    {"Open3.pipeline_r('date -u', 'x')", "/usr/bin/date"},
	    {"system %w(date)", "/usr/bin/date"},
	    {"spawn(%w", ""},
	    {"load './models/a.rb'", "/srv/app/models/a.rb"},
	    {"autoload(:A, 'json/common')", LIB "json/common.rb"},
	    {"require \"models/#{name}\"", "/srv/app/models/a.rb"},
	    {"Dir['models/*.rb'].each { |f| require f }", "/srv/app/models/a.rb"},
	    {"require 'nat'", GEMS "specifications/nat-1.gemspec " GEMS "gems/nat-1/lib/nat.rb " GEMS
				   "extensions/x86_64-linux/3.1.0/nat-1/nat/nat.so"},
	    {"require 'rack'", GEMS "specifications/mime-types-3.gemspec " GEMS "specifications/rack-2.2.gemspec " GEMS
				    "gems/mime-types-3/data/x.json " GEMS "gems/rack-2.2/lib/rack.rb " GEMS
				    "gems/mime-types-3/lib/mime/types.rb " GEMS "gems/rack-2.2/lib/rack/lazy.rb"},
	    {"`date -u`", "/usr/bin/date"},
	    {"Open3.capture2('date')", "/usr/bin/date"},
	    {"require name; require 'gone'; require ''", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/main.rb", cases[i].text, 0644, cases[i].want);
}

static void environment(void **state)
{
	struct oci_image_config config = {.working_dir = (char[]){"/"}};
	strlist_add(&config.env, "RUBYLIB=/gone:/opt/rb");
	ASSERT_KEPT_FOR(files, &config, "srv/run", "#!/usr/bin/ruby\nrequire 'far'", 0755, "/opt/rb/far.rb");
	strlist_done(&config.env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(statements), cmocka_unit_test(environment)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
