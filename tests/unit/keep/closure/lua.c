#include "keep/sources.h"

static const struct source_file files[] = {
    {"bin/sh!", NULL},
    {"usr/bin/date!", NULL},
    {"usr/share/lua/5.4/json.lua", "x"},
    {"usr/share/lua/5.4/json/util.lua", "x"},
    {"usr/share/lua/5.4/net/init.lua", "x"},
    {"usr/lib/x86_64-linux-gnu/lua/5.4/net/core.so", "x"},
    {"opt/server/lualib/resty/http.lua", "local x = require 'resty.headers'"},
    {"opt/server/lualib/resty/headers.lua", "x"},
    {"srv/app/own.lua", "x"},
    {"srv/app/mods/deep/m.lua", "x"},
    {"srv/app/mods/plug_a.lua", "x"},
    {"srv/app/mods/plug_b.lua", "x"},
    {"srv/app/mods/plug_c.txt", "x"},
    {"srv/app/data.json", "x"},
};

static void sources(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"local j = require 'json.util'", "/usr/share/lua/5.4/json/util.lua"},
	    {"local ok, n = pcall(require, \"net\")", "/usr/share/lua/5.4/net/init.lua"},
	    {"require('net.core')", "/usr/lib/x86_64-linux-gnu/lua/5.4/net/core.so"},
	    {"require \"own\"", "/srv/app/own.lua"},
	    {"require 'deep.m'", ""},
	    {"package.path = './mods/?.lua;' .. package.path\nrequire 'deep.m'",
	     "/srv/app/mods/plug_a.lua /srv/app/mods/plug_b.lua /srv/app/mods/plug_c.txt /srv/app/mods/deep/m.lua"},
	    {"require('mods.plug_' .. name)", "/srv/app/mods/plug_a.lua /srv/app/mods/plug_b.lua"},
	    {"require(name)", ""},
	    {"require '../own'", ""},
	    {"io.open('data.json')", "/srv/app/data.json"},
	    {"io.popen('date -u'):read()", "/bin/sh /usr/bin/date"},
	    {"os.execute(\"date\")", "/bin/sh /usr/bin/date"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ASSERT_KEPT_FOR(files, NULL, "srv/app/a.lua", cases[i].text, 0644, cases[i].want);
	ASSERT_KEPT_FOR(files, NULL, "opt/server/lualib/a.lua", "require 'resty.http'", 0644,
			"/opt/server/lualib/resty/headers.lua /opt/server/lualib/resty/http.lua");
}

static void environment(void **state)
{
	struct oci_image_config config = {0};
	strlist_add(&config.env, "LUA_PATH=/opt/server/lualib/?.lua;;");
	ASSERT_KEPT_FOR(files, &config, "srv/app/a.lua", "require 'resty.headers'", 0644,
			"/opt/server/lualib/resty/headers.lua");
	strlist_done(&config.env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sources), cmocka_unit_test(environment)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
