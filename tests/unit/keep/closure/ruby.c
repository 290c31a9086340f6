#include "keep/sources.h"

#include "formats/elf_maker.h"

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
    {"usr/lib/ruby/3.1.0/psych.rb", "require 'psych.so'"},
    {"usr/lib/ruby/3.1.0/psych/error.rb", "1"},
    {"usr/lib/x86_64-linux-gnu/ruby/3.1.0/psych.so", "x"},
    {"usr/lib/ruby/vendor_ruby/tilt.rb", "register_lazy :A, 'tilt/haml', 'haml'"},
    {"usr/lib/ruby/vendor_ruby/tilt/haml.rb", "require 'haml'"},
    {"usr/lib/ruby/vendor_ruby/tilt/x.yml", "1"},
    {"usr/lib/ruby/vendor_ruby/loose/adapters/a.rb", "1"},
    {"usr/lib/ruby/vendor_ruby/loose/adapters/b/c.rb", "1"},
    {"usr/lib/ruby/vendor_ruby/loose/other.rb", "1"},
    {"usr/share/rubygems-integration/all/specifications/tilt-2.0.11.gemspec", "s.add_dependency 'plug', '1'"},
    {"var/lib/gems/3.1.0/gems/haml-6.1/lib/haml.rb", "1"},
    {"var/lib/gems/3.1.0/gems/plug-1/lib/plug/out/p.rb", "1"},
    {"usr/local/bundle/bundler/gems/fork-abcdef/lib/fork.rb", "1"},
    {"srv/app/own.gemspec", "s.add_dependency('nat')\ns.add_development_dependency('rack')"},
};

#define VENDOR "/usr/lib/ruby/vendor_ruby/"
#define NAT                                                                                                            \
	GEMS "specifications/nat-1.gemspec " GEMS "gems/nat-1/lib/nat.rb " GEMS                                        \
	     "extensions/x86_64-linux/3.1.0/nat-1/nat/nat.so"
#define DEV GEMS "specifications/dev-1.gemspec " GEMS "gems/dev-1/lib/dev.rb"

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
	    {"autoload(:A, 'json/common')", LIB "json.rb " LIB "json/common.rb"},
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

static void named_for_later(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"lazy :Haml, 'tilt/haml'",
	     VENDOR "tilt.rb " VENDOR "tilt/haml.rb " VENDOR "tilt/x.yml " GEMS "gems/haml-6.1/lib/haml.rb"},
	    {"x = 'dev'", ""},
	    {"x = 'dev'; require x", DEV},
	    {"%w[dev nothing].each { |x| require x }", DEV},
	    {"%w[dev nothing].each { |x| print x }", ""},
	    {"require \"loose/adapters/#{x}\"", VENDOR "loose/adapters/a.rb " VENDOR "loose/adapters/b/c.rb"},
	    {"path = \"loose/adapters/#{x}\"\nrequire path",
	     VENDOR "loose/adapters/a.rb " VENDOR "loose/adapters/b/c.rb"},
	    {"path = \"loose/adapters/#{x}\"", ""},
	    {"require \"plug/out/#{x}\"", GEMS "gems/plug-1/lib/plug/out/p.rb"},
	    {"require \"#{x}/out\"", ""},
	    {"require \"../#{x}\"", ""},
	    {"load Gem.activate_bin_path('dev', 'dev', version)", DEV},
	    {"require 'fork'", "/usr/local/bundle/bundler/gems/fork-abcdef/lib/fork.rb"},
	    {"require 'psych'", LIB "psych.rb " LIB "psych/error.rb /usr/lib/x86_64-linux-gnu/ruby/3.1.0/psych.so"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/main.rb", cases[i].text, 0644, cases[i].want);
}

/* The interpreter's own sources name what they do not load. */
static void standard(void **state)
{
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/ruby/3.1.0/x.rb", "x = 'tilt/haml'; y = 'dev'; require y; gem 'nat'",
			0644, "");
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/ruby/vendor_ruby/rubygems/x.rb", "y = 'dev'; require y", 0644, "");
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/ruby/vendor_ruby/x.rb", "y = 'dev'; require y", 0644, DEV);
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/ruby/3.1.0/x.rb", "require 'dev'", 0644, DEV);
}

static void gemfile(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"source 'x'\ngem 'nat', '~> 1'\n# gem 'dev'\n", NAT},
	    {"gem \"plug\"", GEMS "gems/plug-1/lib/plug/out/p.rb"}, /* has no feature of that name */
	    {"group :development, :test do\n  if x\n  gem 'dev'\n  end\n  gem 'plug'\nend\ngem('nat')\n", NAT},
	    {"group :production do\n  gem 'dev'\nend", DEV},
	    {"group :test, :production do\n  gem 'dev'\nend", DEV},
	    {"gem 'nat', group: :test\ngem 'dev', groups: [:test, :web]\n", DEV},
	    {"gem 'nat', :group => [:development, :test]", ""},
	    {"gemspec", NAT},
	    {"gem\nend\nend\ngem '", ""},
	    {"gem 'tilt'",
	     VENDOR "tilt.rb " VENDOR "tilt/haml.rb " VENDOR
		    "tilt/x.yml /usr/share/rubygems-integration/all/specifications/tilt-2.0.11.gemspec " GEMS
		    "gems/haml-6.1/lib/haml.rb " GEMS "gems/plug-1/lib/plug/out/p.rb"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/Gemfile", cases[i].text, 0644, cases[i].want);
	ASSERT_KEPT_FOR(files, NULL, "usr/lib/ruby/gems/Gemfile", "gem 'dev'", 0644, "");
}

static void extension_one(const char *path, const char *import, const char *text, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	elf_make(&(struct elf_spec){.imports = {import}, .text = text}, &b);
	CLEANUP_FREE char *got =
	    kept_for_bytes(files, sizeof(files) / sizeof(files[0]), NULL, path, b.data, b.len, 0644, false);
	assert_string_equal(got, want);
}

static void extensions(void **state)
{
	static const char in_ruby[] = "usr/lib/ruby/vendor_ruby/x.so";
	extension_one(in_ruby, "rb_require", "psych/error",
		      LIB "psych.rb " LIB "psych/error.rb /usr/lib/x86_64-linux-gnu/ruby/3.1.0/psych.so");
	extension_one(in_ruby, "rb_define_class", "psych/error", "");
	extension_one(in_ruby, "rb_require", "psych/error is", "");
	extension_one("usr/lib/x.so", "rb_require", "psych/error", "");
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(statements), cmocka_unit_test(named_for_later),
					   cmocka_unit_test(standard),   cmocka_unit_test(gemfile),
					   cmocka_unit_test(extensions), cmocka_unit_test(environment)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
