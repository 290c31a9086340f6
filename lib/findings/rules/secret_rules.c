#include "findings/rules/rule.h"

/* The body of a key in PEM: base64 in lines, whose breaks JSON and shells write as \n. Encrypted keys have a header
 * there instead, or another first line. */
#define BREAK "([[:space:]]|\\\\[nr])*"
#define BODY "([A-Za-z0-9+/]{24}([A-Za-z0-9+/=]|[[:space:]]|\\\\[nr])*)"
#define SECRET(name, words) .id = name, .kind = FINDINGS_DANGER, .severity = FINDINGS_HIGH, .title = words
#define TOKEN(name, words, behind, ...)                                                                                \
	{                                                                                                              \
		SECRET(name, words), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_WORD | FINDINGS_EXACT,               \
				     .anchors = FINDINGS_LIST(__VA_ARGS__), .pattern = behind                          \
	}
#define KEY(name, words, behind, ...)                                                                                  \
	{                                                                                                              \
		SECRET(name, words), .match = FINDINGS_BY_TEXT, .anchors = FINDINGS_LIST(__VA_ARGS__),                 \
				     .pattern = behind                                                                 \
	}
#define EXACT(name, words, behind, ...)                                                                                \
	{                                                                                                              \
		SECRET(name, words), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_EXACT,                               \
				     .anchors = FINDINGS_LIST(__VA_ARGS__), .pattern = behind                          \
	}
#define FILES(name, words, line, ...)                                                                                  \
	{                                                                                                              \
		SECRET(name, words), .match = FINDINGS_BY_TEXT, .paths = FINDINGS_LIST(__VA_ARGS__), .pattern = line   \
	}

const struct findings_rule findings_rules_secret[] = {
    /* private keys */
    KEY("gcp-service-account", "a key of a Google Cloud service account",
	"[[:space:]]*:[[:space:]]*\"-----BEGIN PRIVATE KEY-----" BREAK BODY, "\"private_key\""),
    KEY("private-key-rsa", "an RSA private key", BREAK BODY, "-----BEGIN RSA PRIVATE KEY-----"),
    KEY("private-key-ec", "an EC private key", BREAK BODY, "-----BEGIN EC PRIVATE KEY-----"),
    KEY("private-key-dsa", "a DSA private key", BREAK BODY, "-----BEGIN DSA PRIVATE KEY-----"),
    KEY("private-key-pkcs8", "a private key", BREAK BODY, "-----BEGIN PRIVATE KEY-----"),
    /* "openssh-key-v1", and "none" as the name of the cipher, in base64 */
    KEY("private-key-openssh", "a private key of OpenSSH",
	BREAK "(b3BlbnNzaC1rZXktdjEAAAAABG5vbmU([A-Za-z0-9+/=]|[[:space:]]|\\\\[nr])*)",
	"-----BEGIN OPENSSH PRIVATE KEY-----"),
    KEY("private-key-putty", "a private key of PuTTY",
	"[23]: [a-z0-9-]+" BREAK "Encryption: none[A-Za-z0-9+/=:.[:space:]\\\\-]*", "PuTTY-User-Key-File-"),
    {SECRET("private-key-pgp", "a private key of OpenPGP"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_OPENPGP,
     .anchors = FINDINGS_LIST("-----BEGIN PGP PRIVATE KEY BLOCK-----"), .pattern = "([^-]|-[^-])*"},
    TOKEN("age-key", "a private key of age", "([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})", "AGE-SECRET-KEY-1"),
    KEY("kubernetes-client-key", "a client key for Kubernetes", "[[:space:]]*\"?([A-Za-z0-9+/]{40}[A-Za-z0-9+/=]*)",
	"client-key-data:"),

    /* clouds */
    TOKEN("aws-access-key", "an access key of AWS", "([A-Z0-9]{16})", "AKIA", "ASIA"),
    EXACT("aws-secret-key", "a secret key of AWS", "[\"']?[[:space:]]*[:=]+[[:space:]]*[\"']?[A-Za-z0-9/+]{40}",
	  "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey", "aws_secret_key",
	  "AWS_SECRET_KEY"),
    TOKEN("google-api-key", "an API key of Google", "([A-Za-z0-9_-]{35})", "AIza"),
    TOKEN("azure-storage-key", "a key of Azure storage", "([A-Za-z0-9+/]{86}==)", "AccountKey="),
    TOKEN("azure-shared-key", "a shared access key of Azure", "([A-Za-z0-9+/]{43}=)", "SharedAccessKey="),
    TOKEN("digitalocean-token", "a token of DigitalOcean", "([a-f0-9]{64})", "dop_v1_", "doo_v1_", "dor_v1_"),
    TOKEN("alibaba-access-key", "an access key of Alibaba Cloud", "([A-Za-z0-9]{16}|[A-Za-z0-9]{20})", "LTAI"),
    TOKEN("heroku-key", "a key of Heroku", "([A-Za-z0-9_-]{58})", "HRKU-AA"),
    TOKEN("scaleway-key", "an access key of Scaleway", "([A-Z0-9]{17})", "SCW"),

    /* services */
    TOKEN("github-token", "a token of GitHub", "([A-Za-z0-9]{36})", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    TOKEN("github-fine-token", "a token of GitHub", "([A-Za-z0-9]{22}_[A-Za-z0-9]{59})", "github_pat_"),
    TOKEN("gitlab-token", "a token of GitLab", "([A-Za-z0-9_-]{20,})", "glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"),
    TOKEN("slack-token", "a token of Slack", "([0-9]{8,}-[A-Za-z0-9-]{20,})", "xoxb-", "xoxp-", "xoxa-", "xoxr-",
	  "xoxs-"),
    TOKEN("slack-app-token", "a token of Slack", "([0-9]-[A-Z0-9]{8,}-[0-9]+-[a-f0-9]{32,})", "xapp-"),
    KEY("slack-webhook", "a web hook of Slack", "(T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,})",
	"hooks.slack.com/services/"),
    KEY("discord-webhook", "a web hook of Discord", "([0-9]{17,20}/[A-Za-z0-9_-]{60,})", "discord.com/api/webhooks/",
	"discordapp.com/api/webhooks/"),
    TOKEN("stripe-key", "a key of Stripe", "([A-Za-z0-9]{24,})", "sk_live_", "rk_live_"),
    TOKEN("npm-token", "a token of npm", "([A-Za-z0-9]{36})", "npm_"),
    TOKEN("pypi-token", "a token of PyPI", "([A-Za-z0-9_-]{50,})", "pypi-AgEIcHlwaS5vcmc",
	  "pypi-AgENdGVzdC5weXBpLm9yZw"),
    TOKEN("rubygems-token", "a token of RubyGems", "([a-f0-9]{48})", "rubygems_"),
    TOKEN("docker-token", "a token of Docker Hub", "([A-Za-z0-9_-]{27})", "dckr_pat_", "dckr_oat_"),
    TOKEN("sendgrid-key", "a key of SendGrid", "([A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43})", "SG."),
    TOKEN("openai-key", "a key of OpenAI", "([A-Za-z0-9_-]{40,})", "sk-proj-", "sk-svcacct-", "sk-admin-"),
    TOKEN("openai-old-key", "a key of OpenAI", "([A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})", "sk-"),
    TOKEN("anthropic-key", "a key of Anthropic", "([0-9]{2}-[A-Za-z0-9_-]{80,})", "sk-ant-api", "sk-ant-admin"),
    TOKEN("hugging-face-token", "a token of Hugging Face", "([A-Za-z]{34})", "hf_"),
    TOKEN("vault-token", "a token of Vault", "([A-Za-z0-9_-]{24,})", "hvs.", "hvb."),
    TOKEN("databricks-token", "a token of Databricks", "([a-f0-9]{32})(-[0-9])?", "dapi"),
    TOKEN("shopify-token", "a token of Shopify", "([a-fA-F0-9]{32})", "shpat_", "shpca_", "shppa_", "shpss_"),
    TOKEN("atlassian-token", "a token of Atlassian", "([A-Za-z0-9_=-]{180,})", "ATATT3"),
    TOKEN("grafana-token", "a token of Grafana", "([A-Za-z0-9]{32}_[a-f0-9]{8})", "glsa_"),
    TOKEN("new-relic-key", "a key of New Relic", "([A-Z0-9]{27})", "NRAK-"),
    TOKEN("postman-key", "a key of Postman", "([a-f0-9]{24}-[a-f0-9]{34})", "PMAK-"),
    TOKEN("linear-key", "a key of Linear", "([A-Za-z0-9]{40})", "lin_api_"),
    TOKEN("pulumi-token", "a token of Pulumi", "([a-f0-9]{40})", "pul-"),
    TOKEN("doppler-token", "a token of Doppler", "([A-Za-z0-9]{40,44})", "dp.pt.", "dp.st."),

    /* files that hold credentials */
    {SECRET("env-file", "a .env file with values"), .match = FINDINGS_BY_TEXT,
     .paths = FINDINGS_LIST(".env", ".env.*", "*.env"),
     .except =
	 FINDINGS_LIST("*.example", "*.sample", "*.template", "*.dist", "*.defaults", "example.env", "sample.env"),
     .pattern = "^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_.]*[ \t]*=[ \t]*[^[:space:]#]"},
    FILES("npmrc", "credentials of npm",
	  "^[^#;]*(_authToken|_auth|_password)[[:space:]]*=[[:space:]]*\"?[^\"[:space:]$]{6}", ".npmrc", "npmrc"),
    FILES("pypirc", "credentials of PyPI", "^[ \t]*password[[:space:]]*[:=][[:space:]]*[^[:space:]%]", ".pypirc"),
    FILES("netrc", "credentials of netrc", "password[[:space:]]+[^[:space:]]", ".netrc", "_netrc"),
    FILES("docker-config", "credentials of registries",
	  "\"(auth|identitytoken|registrytoken|password)\"[[:space:]]*:[[:space:]]*\"[^\"]{4}", ".docker/config.json",
	  ".dockercfg", "containers/auth.json"),
    FILES("kubeconfig", "credentials for Kubernetes",
	  "^[ \t-]*(token|password|client-key-data)[[:space:]]*:[[:space:]]*\"?[^\"[:space:]]{4}", ".kube/config",
	  "kubeconfig", "*.kubeconfig", "kubeconfig.*", "/etc/kubernetes/*.conf"),
    FILES("htpasswd", "passwords of a web server",
	  "^[^:#[:space:]]+:(\\$[0-9a-z]+\\$|\\{[A-Za-z0-9-]+\\}|[./0-9A-Za-z]{13}$)", ".htpasswd", "htpasswd",
	  "*.htpasswd"),
    FILES("git-credentials", "credentials of git",
	  "(://[^:@/[:space:]]*:[^@/"
	  "[:space:]$]+@|[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]:[[:space:]]*[Bb]asic )",
	  ".git-credentials", "git/credentials", ".git/config", ".gitconfig"),
    FILES("pgpass", "passwords of PostgreSQL", "^[^#:]*:[^:]*:[^:]*:[^:]*:.", ".pgpass"),
    FILES("my-cnf", "a password of MySQL", "^[ \t]*password[[:space:]]*=[[:space:]]*[^[:space:]$]", ".my.cnf"),
    FILES("maven-settings", "a password of Maven", "<password>[^<{$]", ".m2/settings.xml"),
    FILES("gradle-properties", "a password of Gradle",
	  "^[^#=]*([Pp]assword|[Tt]oken|[Ss]ecret)[^=]*=[[:space:]]*[^[:space:]$]{4}", "gradle.properties"),
    FILES("composer-auth", "credentials of Composer",
	  "\"(password|[a-z-]+\\.(com|org|net))\"[[:space:]]*:[[:space:]]*\"[^\"]{4}", ".composer/auth.json",
	  "composer/auth.json"),
    FILES("cargo-credentials", "a token of Cargo", "^[ \t]*token[[:space:]]*=[[:space:]]*\"[^\"]", ".cargo/credentials",
	  ".cargo/credentials.toml"),
    FILES("gem-credentials", "a key of RubyGems", "^:[a-z_]+:[[:space:]]*[^[:space:]]{8}", ".gem/credentials"),
    FILES("nuget-config", "a password of NuGet", "\"ClearTextPassword\"[[:space:]]+value=\"[^\"%]", "NuGet.Config",
	  "nuget.config", "NuGet.config"),
    FILES("pip-conf", "a password of pip", "://[^:@/[:space:]]*:[^@/[:space:]$]+@", "pip.conf", "pip.ini"),
    FILES("gcloud-credentials", "credentials of Google Cloud", "\"refresh_token\"[[:space:]]*:[[:space:]]*\"[^\"]",
	  "application_default_credentials.json"),
    FILES("terraform-credentials", "a token of Terraform", "\"?token\"?[[:space:]]*[=:][[:space:]]*\"[^\"]",
	  ".terraformrc", "credentials.tfrc.json"),
    FILES("vault-token-file", "a token of Vault", "^[^[:space:]]{20}", ".vault-token"),
    FILES("s3cfg", "a key of S3", "^[ \t]*secret_key[[:space:]]*=[[:space:]]*[^[:space:]]{8}", ".s3cfg", ".s3cfg.*"),
    FILES("password-hash", "a password of a user", "^[^:]+:\\$[0-9a-z]+\\$[^:]{8}", "/etc/shadow", "/etc/shadow-"),

    /* the configuration */
    {SECRET("url-password", "a password in a URL"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_CONFIG,
     .anchors = FINDINGS_LIST("://"), .pattern = "[^[:space:]/:@\"']*:([^[:space:]/@\"'$]{3,})@"},
    {SECRET("authorization-header", "credentials in a header"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_CONFIG,
     .anchors = FINDINGS_LIST("Bearer ", "bearer ", "Basic ", "PRIVATE-TOKEN: "),
     .pattern = "([A-Za-z0-9._~+/=-]{16,})"},
    {SECRET("password-line", "a password in a line of a file"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_CONFIG,
     .anchors = FINDINGS_LIST("password = ", "password: ", "token: ", "\"auth\":", "\"password\":", "\"token\":"),
     .pattern = "[[:space:]]*[\"']?[^[:space:]\"'$\\\\]{3,}"},
    {SECRET("htpasswd-line", "a password of a web server"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_CONFIG,
     .anchors = FINDINGS_LIST(":{PLAIN}", ":{SHA}", ":{SSHA}", ":$apr1$", ":$2y$"),
     .pattern = "[^[:space:]\"'\\\\]{3,}"},
    {SECRET("login-line", "a password of netrc"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_CONFIG,
     .anchors = FINDINGS_LIST(" login "), .pattern = "[^[:space:]]+[[:space:]]+password[[:space:]]+[^[:space:]\"'$]+"},
    {SECRET("chpasswd", "a password of a user"), .match = FINDINGS_BY_TEXT, .flags = FINDINGS_CONFIG,
     .anchors = FINDINGS_LIST("echo "),
     .pattern =
	 "(-e )?[\"']?[a-z_][a-z0-9_-]*:[^[:space:]\"'$|]+[\"']?[[:space:]]*\\|[[:space:]]*(/usr/sbin/)?chpasswd"},
    {SECRET("named-secret", "a secret by its name"), .match = FINDINGS_BY_NAME,
     .pattern = "((^|[^a-z])(pass|pwd)|passwd|password|passphrase|secret|token|api_?key|access_?key|private_?key|"
		"secret_?key|encryption_?key|credentials?)$"},
};
const size_t findings_rules_secret_count = sizeof(findings_rules_secret) / sizeof(findings_rules_secret[0]);
