/* Each rule finds its sample, and leaves the other one alone. The samples of secrets are put together by the compiler,
 * so that no text of this file looks like a secret to those who search for some. */
#include "unit.h"

#include "findings/sample.h"

#define HEX8 "0f1e2d3c"
#define HEX32 HEX8 "4b5a6978" HEX8 "8796a5b4"
#define TEN "aB3dE6gH9j"
#define MIX20 TEN "Kl2mN5pQ8r"
#define MIX36 MIX20 "St1uV4wX7yZa0bCd"
#define MIX40 MIX20 "zY7xW4vU1tSr8qP5nM2l"
#define UPPER16 "QWERTZ23UIOPAS45"
#define B64 MIX40 MIX20 "QmFz"
#define BODY "\\n" B64 "\\n" B64 "\\n"
#define FILE(path, content) .layers = {"f " path " 600 0:0 1 " content}
#define PLAIN(content) FILE("app/x", content)
#define ENV(pair) .config = "\"User\":\"1\",\"Env\":[\"" pair "\"]"
#define STEP(command) .history = "{\"created_by\":\"" command "\",\"empty_layer\":true}"
#define BIG(path) "f " path " 644 0:0 1 @200000@\n"
#define PEM(kind) "-----BEGIN " kind "PRIVATE KEY-----"

static const struct sample {
	const char *rule;
	struct sample_image yes, no;
} samples[] = {
    {"gcp-service-account", {PLAIN("{\"private_key\": \"" PEM("") BODY)}, {PLAIN("{\"private_key\": \"$KEY\"}")}},
    {"private-key-rsa", {PLAIN(PEM("RSA ") BODY)}, {PLAIN(PEM("RSA ") "\\nProc-Type: 4,ENCRYPTED\\n" BODY)}},
    {"private-key-ec", {PLAIN(PEM("EC ") BODY)}, {PLAIN("-----BEGIN EC PARAMETERS-----" BODY)}},
    {"private-key-dsa", {PLAIN(PEM("DSA ") BODY)}, {PLAIN("-----BEGIN DSA PARAMETERS-----" BODY)}},
    {"private-key-pkcs8", {PLAIN(PEM("") BODY)}, {PLAIN(PEM("ENCRYPTED ") BODY "-----BEGIN CERTIFICATE-----" BODY)}},
    {"private-key-openssh",
     {PLAIN(PEM("OPENSSH ") "\\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU" B64)},
     {PLAIN(PEM("OPENSSH ") "\\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI" B64)}},
    {"private-key-putty",
     {PLAIN("PuTTY-User-Key-File-3: ssh-rsa\\nEncryption: none\\n" B64)},
     {PLAIN("PuTTY-User-Key-File-3: ssh-rsa\\nEncryption: aes256-cbc\\n" B64)}},
    {"private-key-pgp",
     {PLAIN("-----BEGIN PGP PRIVATE KEY BLOCK-----" BODY)},
     {PLAIN("-----BEGIN PGP PUBLIC KEY BLOCK-----" BODY)}},
    {"age-key",
     {PLAIN("AGE-SECRET-KEY-1"
	    "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE")},
     {PLAIN("AGE-SECRET-KEY-1QPZRY9X8")}},
    {"kubernetes-client-key", {PLAIN("client-key-data: " B64)}, {PLAIN("client-key-data: REDACTED")}},

    {"aws-access-key",
     {PLAIN("id=AKIA" UPPER16)},
     {PLAIN("id=AKIA"
	    "IOSFODNN7EXAMPLE AKIA" UPPER16 "Q")}},
    {"aws-secret-key",
     {PLAIN("aws_secret_access_key = " MIX40)},
     {PLAIN("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")}},
    {"google-api-key", {PLAIN("AIza" MIX20 "Kl2mN5pQ8rStu-_")}, {PLAIN("xAIza" MIX20 "Kl2mN5pQ8rStu-_")}},
    {"azure-storage-key", {PLAIN("AccountKey=" MIX40 MIX40 "Abc4Ef==")}, {PLAIN("AccountKey=" MIX40)}},
    {"azure-shared-key", {PLAIN("SharedAccessKey=" MIX40 "Abc=")}, {PLAIN("SharedAccessKey=${KEY}")}},
    {"digitalocean-token", {PLAIN("dop_v1_" HEX32 HEX32)}, {PLAIN("dop_v1_" HEX32)}},
    {"alibaba-access-key", {PLAIN("LTAI" MIX20)}, {PLAIN("LTAI" MIX20 "aa")}},
    {"heroku-key", {PLAIN("HRKU-AA" MIX40 "aB3dE6gH9jKl2mN5pQ")}, {PLAIN("HRKU-AA" MIX20)}},
    {"scaleway-key",
     {PLAIN("SCW" UPPER16 "7")},
     {PLAIN("SCW"
	    "XXXXXXXXXXXXXXXXX")}},
    {"github-token", {PLAIN("ghp_" MIX36)}, {PLAIN("ghp_" MIX40 " ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")}},
    {"github-fine-token", {PLAIN("github_pat_" MIX20 "aB_" MIX40 "Kl2mN5pQ8rStu1vW4xY")}, {PLAIN("github_pat_" MIX20)}},
    {"gitlab-token", {PLAIN("glpat-" MIX20)}, {PLAIN("glpat-" TEN)}},
    {"slack-token", {PLAIN("xoxb-1234567890-" MIX20)}, {PLAIN("xoxb-your-token-" MIX20)}},
    {"slack-app-token", {PLAIN("xapp-1-" UPPER16 "-1234567-" HEX32)}, {PLAIN("xapp-1-" UPPER16)}},
    {"slack-webhook",
     {PLAIN("https://hooks.slack.com/services/T" UPPER16 "/B" UPPER16 "/" MIX20)},
     {PLAIN("https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")}},
    {"discord-webhook",
     {PLAIN("https://discord.com/api/webhooks/123456789012345678/" MIX40 MIX20 "abcdefgh")},
     {PLAIN("https://discord.com/api/webhooks/123456789012345678/" MIX20)}},
    {"stripe-key", {PLAIN("sk_live_" MIX20 "Kl2m")}, {PLAIN("sk_test_" MIX20 "Kl2m")}},
    {"npm-token", {PLAIN("npm_" MIX36)}, {PLAIN("npm_config_" MIX20)}},
    {"pypi-token", {PLAIN("pypi-AgEIcHlwaS5vcmc" MIX40 MIX20)}, {PLAIN("pypi-AgEIcHlwaS5vcmc" TEN)}},
    {"rubygems-token", {PLAIN("rubygems_" HEX32 HEX8 HEX8)}, {PLAIN("rubygems_" HEX32)}},
    {"docker-token", {PLAIN("dckr_pat_" MIX20 "Kl2m-_5")}, {PLAIN("dckr_pat_" TEN)}},
    {"sendgrid-key", {PLAIN("SG." MIX20 "-_." MIX40 "abc")}, {PLAIN("MSG." MIX20 "-_." MIX40 "abc")}},
    {"openai-key", {PLAIN("sk-proj-" MIX40)}, {PLAIN("sk-proj-your-key-" MIX40)}},
    {"openai-old-key", {PLAIN("sk-" MIX20 "T3BlbkFJ" MIX20)}, {PLAIN("task-" MIX20 "T3BlbkFJ" MIX20)}},
    {"anthropic-key", {PLAIN("sk-ant-api03-" MIX40 MIX40)}, {PLAIN("sk-ant-api03-" TEN)}},
    {"hugging-face-token",
     {PLAIN("hf_"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGH")},
     {PLAIN("shelf_abcdefghijklmnopqrstuvwxyzABCDEFGH")}},
    {"vault-token", {PLAIN("hvs." MIX40)}, {PLAIN("hvs." TEN)}},
    {"databricks-token", {PLAIN("dapi" HEX32)}, {PLAIN("dapi" HEX32 HEX8)}},
    {"shopify-token", {PLAIN("shpat_" HEX32)}, {PLAIN("shpat_" HEX8)}},
    {"atlassian-token", {PLAIN("ATATT3" MIX40 MIX40 MIX40 MIX40 MIX20)}, {PLAIN("ATATT3" MIX40)}},
    {"grafana-token", {PLAIN("glsa_" MIX20 "Kl2mN5pQ8rSt_" HEX8)}, {PLAIN("glsa_" MIX20 "_" HEX8)}},
    {"new-relic-key", {PLAIN("NRAK-" UPPER16 "QWERTZ23UIO")}, {PLAIN("NRAK-" UPPER16)}},
    {"postman-key", {PLAIN("PMAK-" HEX8 HEX8 HEX8 "-" HEX32 "ab")}, {PLAIN("PMAK-" HEX8)}},
    {"linear-key", {PLAIN("lin_api_" MIX40)}, {PLAIN("lin_api_" MIX20)}},
    {"pulumi-token", {PLAIN("pul-" HEX32 HEX8)}, {PLAIN("pul-" HEX32)}},
    {"doppler-token", {PLAIN("dp.pt." MIX40)}, {PLAIN("dp.pt." TEN)}},

    {"env-file",
     {FILE("app/.env", "DB_HOST=db")},
     {.layers = {"f app/.env 600 0:0 1 #A=b\nf app/.env.example 600 0:0 1 A=b"}}},
    {"npmrc",
     {FILE("root/.npmrc", "//registry.example/:_authToken=abcdef01")},
     {FILE("root/.npmrc", "//registry.example/:_authToken=${NPM_TOKEN}")}},
    {"pypirc", {FILE("root/.pypirc", "password = hunter22")}, {FILE("root/.pypirc", "username = me")}},
    {"netrc", {FILE("root/.netrc", "machine a login b password c0ffee")}, {FILE("root/.netrc", "machine a login b")}},
    {"docker-config",
     {FILE("root/.docker/config.json", "{\"auths\":{\"a\":{\"auth\":\"bWU6cHc=\"}}}")},
     {FILE("root/.docker/config.json", "{\"auths\":{\"a\":{}},\"credsStore\":\"pass\"}")}},
    {"kubeconfig", {FILE("root/.kube/config", "token: abcdef0123")}, {FILE("root/.kube/config", "current-context: a")}},
    {"htpasswd", {FILE("etc/nginx/.htpasswd", "me:$apr1$abc$defghi")}, {FILE("etc/nginx/.htpasswd", "# me")}},
    {"git-credentials",
     {FILE("root/.git-credentials", "https://me:s3cr3t@example.org")},
     {FILE("src/.git/config", "url = https://example.org/a.git")}},
    {"pgpass", {FILE("root/.pgpass", "db:5432:shop:me:s3cr3t")}, {FILE("root/.pgpass", "#db:5432:shop:me:s3cr3t")}},
    {"my-cnf", {FILE("root/.my.cnf", "password=s3cr3t")}, {FILE("root/.my.cnf", "user=me")}},
    {"maven-settings",
     {FILE("root/.m2/settings.xml", "<password>s3cr3t</password>")},
     {FILE("root/.m2/settings.xml", "<password>${env.PASSWORD}</password>")}},
    {"gradle-properties",
     {FILE("root/gradle.properties", "nexusPassword=s3cr3t")},
     {FILE("root/gradle.properties", "org.gradle.jvmargs=-Xmx1g")}},
    {"composer-auth",
     {FILE("root/.composer/auth.json", "{\"github-oauth\":{\"github.com\":\"s3cr3t\"}}")},
     {FILE("root/.composer/auth.json", "{}")}},
    {"cargo-credentials",
     {FILE("root/.cargo/credentials.toml", "token = \"s3cr3t\"")},
     {FILE("root/.cargo/config.toml", "token = \"s3cr3t\"")}},
    {"gem-credentials",
     {FILE("root/.gem/credentials", ":rubygems_api_key: s3cr3tkey")},
     {FILE("root/.gem/credentials", "---")}},
    {"nuget-config",
     {FILE("app/NuGet.Config", "<add key=\"ClearTextPassword\" value=\"s3cr3t\" />")},
     {FILE("app/NuGet.Config", "<add key=\"ClearTextPassword\" value=\"%PASSWORD%\" />")}},
    {"pip-conf",
     {FILE("etc/pip.conf", "index-url = https://me:s3cr3t@example.org/simple")},
     {FILE("etc/pip.conf", "index-url = https://example.org/simple")}},
    {"gcloud-credentials",
     {FILE("root/application_default_credentials.json", "{\"refresh_token\": \"1//abc\"}")},
     {FILE("root/application_default_credentials.json", "{\"type\": \"external_account\"}")}},
    {"terraform-credentials",
     {FILE("root/.terraformrc", "token = \"s3cr3t\"")},
     {FILE("root/.terraformrc", "plugin_cache_dir = \"a\"")}},
    {"vault-token-file", {FILE("root/.vault-token", MIX20)}, {FILE("root/.vault-token", "none")}},
    {"s3cfg", {FILE("root/.s3cfg", "secret_key = " MIX20)}, {FILE("root/.s3cfg", "secret_key =")}},
    {"password-hash", {FILE("etc/shadow", "root:$6$salt$abcdefghij:1::::::")}, {FILE("etc/shadow", "root:*:1::::::")}},

    {"url-password",
     {STEP("RUN git clone https://me:s3cr3t@example.org/a")},
     {STEP("RUN git clone https://me:$PASS@example.org/a")}},
    {"authorization-header",
     {STEP("RUN curl -H 'Authorization: Bearer " MIX20 "' x")},
     {STEP("RUN curl -H 'Authorization: Bearer $T' x")}},
    {"htpasswd-line",
     {STEP("RUN printf 'me:{PLAIN}s3cr3t\\n' > /etc/htpasswd")},
     {STEP("RUN printf me:{PLAIN} > /etc/htpasswd")}},
    {"password-line",
     {STEP("RUN echo 'password = s3cr3t' > a")},
     {STEP("RUN echo password = $P > a; read -p 'password: ' b")}},
    {"login-line",
     {STEP("RUN echo machine a login b password s3cr3t > /root/.netrc")},
     {STEP("RUN echo machine a login b password $P > /root/.netrc")}},
    {"chpasswd", {STEP("RUN echo 'root:s3cr3t' | chpasswd")}, {STEP("RUN echo root:$P | chpasswd")}},
    {"named-secret", {ENV("DB_PASSWORD=hunter2")}, {ENV("DB_PASSWORD_FILE=/run/secrets/db")}},

    {"world-writable-program",
     {.layers = {"f usr/bin/a 757 0:0 1 x"}},
     {.layers = {"f usr/bin/a 755 0:0 1 x\nf tmp/b 666 0:0 1 x"}}},
    {"world-writable-library",
     {.layers = {"f usr/lib/a.so.1 666 0:0 1 x"}},
     {.layers = {"f usr/lib/a.so.1 644 0:0 1 x"}}},
    {"world-writable-directory",
     {.layers = {"d usr/bin 777 0:0 1"}},
     {.layers = {"d usr/bin 755 0:0 1\nd opt 1777 0:0 1\nd tmp 777 0:0 1"}}},
    {"setuid-program", {.layers = {"f bin/su 4755 0:0 1 x"}}, {.layers = {"f bin/su 4644 0:0 1 x"}}},
    {"setgid-program", {.layers = {"f bin/su 2755 0:0 1 x"}}, {.layers = {"d var/mail 2775 0:0 1"}}},
    {"root-user", {.config = "\"User\":\"root:staff\""}, {.config = "\"User\":\"rooter\""}},

    {"apt-lists", {.layers = {BIG("var/lib/apt/lists/a")}}, {.layers = {BIG("var/lib/apt/a")}}},
    {"apt-cache", {.layers = {BIG("var/cache/apt/archives/a.deb")}}, {.layers = {"f var/cache/apt/a 644 0:0 1 x"}}},
    {"apk-cache", {.layers = {BIG("var/cache/apk/a")}}, {.layers = {BIG("lib/apk/a")}}},
    {"rpm-cache", {.layers = {BIG("var/cache/dnf/a")}}, {.layers = {BIG("var/lib/dnf/a")}}},
    {"package-leftovers", {.layers = {BIG("var/cache/debconf/a")}}, {.layers = {BIG("var/lib/dpkg/status")}}},
    {"pip-cache", {.layers = {BIG("root/.cache/pip/a")}}, {.layers = {BIG("root/.cache/a")}}},
    {"npm-cache", {.layers = {BIG("root/.npm/a")}}, {.layers = {BIG("root/npm/a")}}},
    {"go-cache", {.layers = {BIG("root/.cache/go-build/a")}}, {.layers = {BIG("go/bin/a")}}},
    {"java-cache", {.layers = {BIG("root/.m2/repository/a")}}, {.layers = {BIG("root/.m2/a")}}},
    {"cargo-cache", {.layers = {BIG("root/.cargo/registry/a")}}, {.layers = {BIG("root/.cargo/bin/a")}}},
    {"gem-cache", {.layers = {BIG("var/lib/gems/3.1.0/cache/a")}}, {.layers = {BIG("var/lib/gems/3.1.0/gems/a")}}},
    {"composer-cache", {.layers = {BIG("root/.composer/cache/a")}}, {.layers = {BIG("root/.composer/vendor/a")}}},
    {"nuget-cache", {.layers = {BIG("root/.nuget/packages/a")}}, {.layers = {BIG("root/.nuget/a")}}},
    {"user-cache", {.layers = {BIG("root/.cache/a")}}, {.layers = {BIG("root/.cache/pip/a")}}},
    {"temporary-files", {.layers = {BIG("tmp/a")}}, {.layers = {BIG("app/tmp/a")}}},
    {"logs", {.layers = {BIG("var/log/a")}}, {.layers = {BIG("var/lib/log")}}},
    {"archives", {.layers = {BIG("opt/a.tar.gz")}}, {.layers = {BIG("srv/download/a.tar.gz")}}},
    {"build-context",
     {.layers = {"f app/.git/HEAD 644 0:0 1 x"}},
     {.layers = {"f app/node_modules/a/package.json 644 0:0 1 {}\nf app/node_modules/a/.github/x 644 0:0 1 x"}}},
    {"documentation",
     {.layers = {"d usr/share/doc 755 0:0 1\n" BIG("usr/share/doc/a")}},
     {.layers = {BIG("usr/share/a")}}},
    {"translations",
     {.layers = {"d usr/share/locale/de 755 0:0 1\n" BIG("usr/share/locale/de/a")}},
     {.layers = {"d usr/share/locale/de 755 0:0 1\n" BIG("usr/share/locale/de/a")},
      .config = "\"User\":\"1\",\"Env\":[\"LANG=de_DE.UTF-8\"]"}},
    {"locale-sources", {.layers = {BIG("usr/share/i18n/locales/de_DE")}}, {.layers = {BIG("app/i18n/locales/de_DE")}}},
    {"build-tools",
     {.layers = {BIG("usr/lib/python3/pip/a") "f usr/lib/python3/pip-1.0.dist-info/RECORD 644 0:0 1 pip/a,,"}},
     {.layers = {BIG("usr/lib/python3/flask/a") "f usr/lib/python3/flask-1.0.dist-info/RECORD 644 0:0 1 flask/a,,"}}},
    {"development-packages",
     {.layers = {BIG("app/node_modules/typescript/a") "f app/node_modules/typescript/package.json 644 0:0 1 {}"}},
     {.layers = {BIG("app/node_modules/express/a") "f app/node_modules/express/package.json 644 0:0 1 {}"}}},
    {"jdk-parts", {.layers = {BIG("opt/jdk/jmods/a")}}, {.layers = {BIG("opt/jdk/lib/modules")}}},
    {"headers", {.layers = {BIG("usr/local/include/a.h")}}, {.layers = {BIG("app/include/a.h")}}},
    {"debug-symbols",
     {.layers = {BIG("app/a")}, .programs = {{"/app/a", {.removable = 150000}}}},
     {.layers = {BIG("app/a")}, .programs = {{"/app/a", {.removable = 15000}}}}},
    {"runtime-copies",
     {.layers = {BIG("usr/bin/node") BIG("opt/bin/node")}, .programs = {{"/usr/bin/node"}, {"/opt/bin/node"}}},
     {.layers = {BIG("usr/bin/node") BIG("opt/bin/php")}, .programs = {{"/usr/bin/node"}, {"/opt/bin/php"}}}},
    {"same-files",
     {.layers = {"f a 644 0:0 1 @1000000@\nf b 644 0:0 1 @1000000@"}},
     {.layers = {"f a 644 0:0 1 @1000000@\nf b 644 0:0 1 @1000001@"}}},
    {"removed-later",
     {.layers = {BIG("app/a"), "f app/.wh.a 644 0:0 1"}},
     {.layers = {"f app/a 644 0:0 1 x", "f app/.wh.a 644 0:0 1"}}},
    {"copied-for-mode",
     {.layers = {BIG("app/a"), "f app/a 644 5:5 1 @200000@"}},
     {.layers = {BIG("app/a"), "f app/a 644 0:0 2 @200000@"}}},
    {"replaced-later",
     {.layers = {"f app/a 644 0:0 1 @1000000@", "f app/a 644 0:0 1 x"}},
     {.layers = {BIG("app/a"), "f app/a 644 0:0 1 x"}}},
    {"heavy-base",
     {.layers = {"f etc/os-release 644 0:0 1 ID=a\nf usr/lib/a 644 0:0 1 @20000000@", "f app 755 0:0 1 x"},
      .config = "\"Entrypoint\":[\"/app\"]",
      .programs = {{"/app", {.program = true, .is_static = true}}},
      .layer = 1},
     {.layers = {"f etc/os-release 644 0:0 1 ID=a\nf usr/lib/a 644 0:0 1 @20000000@", "f app 755 0:0 1 x"},
      .config = "\"Entrypoint\":[\"/app\"]",
      .programs = {{"/app", {.program = true}}},
      .layer = 1}},
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void judge(const struct sample *s, const struct sample_image *image, bool found)
{
	struct sample_judged j;
	sample_judge(image, NULL, &j);
	const struct findings_item *i = sample_find(&j, s->rule);
	if ((i != NULL) != found)
		fail_msg("%s: %s", s->rule, found ? "does not find its sample" : "finds what it should leave alone");
	if (i && (strchr(i->advice, '%') || !*i->advice))
		fail_msg("%s: %s", s->rule, i->advice);
	sample_judged_done(&j);
}

static void finds_its_sample(void **state)
{
	for (size_t i = 0; i < SAMPLES; i++)
		judge(&samples[i], &samples[i].yes, true);
}

static void leaves_the_other_alone(void **state)
{
	for (size_t i = 0; i < SAMPLES; i++)
		judge(&samples[i], &samples[i].no, false);
}

static size_t samples_of(const char *rule)
{
	size_t n = 0;
	for (size_t i = 0; i < SAMPLES; i++)
		n += strcmp(samples[i].rule, rule) == 0;
	return n;
}

static void each_rule_has_samples(void **state)
{
	const struct findings_rule *r;
	for (size_t i = 0; (r = findings_rule_at(i)); i++)
		if (samples_of(r->id) != 1 || findings_rule_find(r->id) != r)
			fail_msg("%s has %zu samples", r->id, samples_of(r->id));
	assert_null(findings_rule_find("none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_its_sample),
	    cmocka_unit_test(leaves_the_other_alone),
	    cmocka_unit_test(each_rule_has_samples),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
