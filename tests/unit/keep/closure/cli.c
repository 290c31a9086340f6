#include "formats/cli_maker.h"
#include "keep/sources.h"

#define GAC "/usr/lib/mono/gac/"
static const struct source_file files[] = {
    {"bin/sh!", NULL},
    {"usr/bin/tac!", NULL},
    {"usr/bin/sort!", NULL},
    {"usr/bin/echo!", NULL},
    {"etc/mono/config",
     "<configuration><dllmap dll=\"i:gdiplus.dll\" target=\"$mono_libdir/libgdiplus.so\" os=\"!windows\"/>"
     "<dllmap dll='mac' target='$mono_libdir/libdarwin.so' os='osx'/></configuration>"},
    {"usr/lib/libgdiplus.so", "x"},
    {"usr/lib/libdarwin.so", "x"},
    {"usr/lib/mono/4.5/System.Data.dll -> ../gac/System.Data/4.0.0.0__b77a/System.Data.dll", NULL},
    {"usr/lib/mono/4.5/Facades/System.Runtime.dll", "x"},
    {"usr/lib/mono/4.5-api/System.Data.dll", "x"},
    {"usr/lib/mono/msbuild/System.Runtime.dll", "x"},
    {"usr/lib/mono/gac/System.Data/4.0.0.0__b77a/System.Data.dll", "x"},
    {"usr/lib/mono/gac/System.Xml/4.0.0.0__b77a/System.Xml.dll", "x"},
    {"usr/lib/cli/far-1/Far.dll", "x"},
    {"usr/lib/game/Engine.dll", "x"},
    {"usr/lib/game/parts/Part.dll", "x"},
    {"usr/lib/game/libsound.so", "x"},
    {"usr/lib/game/game.exe.config", "<dllmap dll='music' target='libsound.so'/>"},
    {"usr/lib/game/de/game.resources.dll", "x"},
    {"usr/lib/game/de-AT/game.resources.dll", "x"},
    {"usr/lib/game/fr/game.resources.dll", "x"},
    {"srv/app/Plugin.dll", "x"},
    {"srv/app/fr/app.resources.dll", "x"},
    {"srv/app/data/table.json", "x"},
};

static void one(const char *path, const struct cli_sample *s, const struct oci_image_config *config, const char *want)
{
	CLEANUP_BUF struct buf file = {0};
	cli_assembly(&file, s);
	CLEANUP_FREE char *got =
	    kept_for_bytes(files, sizeof(files) / sizeof(files[0]), config, path, file.data, file.len, 0644, false);
	if (strcmp(got, want) != 0)
		fail_msg("%s\n got: %s\nwant: %s", path, got, want);
}

#define CONFIG "/usr/lib/game/game.exe.config"
/* Of the cache and the framework's own directory; beside; else wherever one is. Never what is for compilers. */
static void assemblies(void **state)
{
	one("usr/lib/game/game.exe", &(struct cli_sample){.assemblies = {"System.Data", "Gone"}}, NULL,
	    CONFIG " /usr/lib/mono/4.5/System.Data.dll " GAC "System.Data/4.0.0.0__b77a/System.Data.dll");
	one("usr/lib/game/game.exe", &(struct cli_sample){.assemblies = {"System.Runtime", "Engine", "Part"}}, NULL,
	    "/usr/lib/game/Engine.dll " CONFIG
	    " /usr/lib/game/parts/Part.dll /usr/lib/mono/4.5/Facades/System.Runtime.dll");
	one("usr/lib/game/game.exe", &(struct cli_sample){.assemblies = {"Far"}}, NULL,
	    CONFIG " /usr/lib/cli/far-1/Far.dll");
}

static void libraries(void **state)
{
	one("usr/lib/game/game.exe", &(struct cli_sample){.libraries = {"GdiPlus.dll", "mac", "__Internal"}}, NULL,
	    "/usr/lib/libgdiplus.so " CONFIG);
	one("usr/lib/game/game.exe", &(struct cli_sample){.libraries = {"music"}}, NULL,
	    CONFIG " /usr/lib/game/libsound.so");
	one("usr/lib/game/Other.dll", &(struct cli_sample){.libraries = {"sound"}}, NULL, "/usr/lib/game/libsound.so");
}

static void texts(void **state)
{
	static const struct cli_sample named = {
	    .texts = {"System.Xml.XmlNode, System.Xml, Version=4.0.0.0", "Plugin", "data/table.json"}};
	static const struct cli_sample starts = {.types = {{"System.Diagnostics", "Process"}},
						 .texts = {"/usr/bin/echo", "tac", "sort -u", "a tac"}};
	static const struct cli_sample plain = {.types = {{"System.IO", "Process"}}, .texts = {"tac", "sort"}};
	one("srv/app/app.exe", &named, NULL,
	    "/srv/app/Plugin.dll /srv/app/data/table.json /srv/app/fr/app.resources.dll " GAC
	    "System.Xml/4.0.0.0__b77a/System.Xml.dll");
	one("srv/app/a.exe", &starts, NULL, "/bin/sh /usr/bin/echo /usr/bin/sort /usr/bin/tac");
	one("srv/app/a.exe", &plain, NULL, "");
	/* a framework's texts name what only some programs need */
	one("usr/lib/mono/4.5/System.dll", &(struct cli_sample){.texts = {"System.Xml, Version=1"}}, NULL, "");
}

static void resources(void **state)
{
	struct oci_image_config config = {0};
	strlist_add(&config.env, "LANG=de_DE.UTF-8");
	one("usr/lib/game/game.exe", &(struct cli_sample){0}, &config,
	    CONFIG " /usr/lib/game/de/game.resources.dll /usr/lib/game/de-AT/game.resources.dll");
	strlist_done(&config.env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(assemblies), cmocka_unit_test(libraries),
					   cmocka_unit_test(texts), cmocka_unit_test(resources)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
