#include "cmd/init/systems.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define REPORT "slim-report.json"

static const char github[] =
    "# Makes the images of slim.yaml small after each push. Check the lines that are marked \"change\".\n"
    "name: slim\n"
    "on: [push]\n"
    "permissions: {contents: read}\n"
    "jobs:\n"
    "  slim:\n"
    "    runs-on: ubuntu-latest # change: the runner needs slim and runc\n"
    "?    env:\n"
    "?      TAG: \"${{ github.sha }}\"\n"
    "    steps:\n"
    "      - uses: actions/checkout@v4\n"
    "?      - name: Build the image # change: how your image is built\n"
    "?        run: docker build --tag @IMAGE@:$TAG .\n"
    "!      # change: build the image of slim.yaml here, unless it exists\n"
    "      - name: Make it small\n"
    "        run: sudo --preserve-env \"$(command -v slim)\" build --file slim.yaml --report " REPORT "\n"
    "      - uses: actions/upload-artifact@v4\n"
    "        if: always()\n"
    "        with: {name: slim-report, path: " REPORT "}\n"
    "      # To push the result, add docker/login-action before this, and tag and push to slim.yaml.\n";

static const char gitlab[] = "# Makes the images of slim.yaml small. Check the lines that are marked \"change\".\n"
			     "slim:\n"
			     "  stage: test # change: a stage after the one that builds the image\n"
			     "  # tags: [docker] # change: a runner on which slim and runc can run as root\n"
			     "?  variables: {TAG: \"$CI_COMMIT_SHORT_SHA\"}\n"
			     "  script:\n"
			     "?    - docker build --tag @IMAGE@:$TAG . # change: how your image is built\n"
			     "!    # change: build the image of slim.yaml here, unless it exists\n"
			     "    - slim build --file slim.yaml --report " REPORT "\n"
			     "  artifacts:\n"
			     "    when: always\n"
			     "    paths: [" REPORT "]\n";

static const char jenkins[] =
    "// Makes the images of slim.yaml small. Check the lines that are marked \"change\".\n"
    "pipeline {\n"
    "    agent any // change: an agent on which slim and runc can run as root\n"
    "?    environment { TAG = \"${env.GIT_COMMIT}\" }\n"
    "    stages {\n"
    "        stage('slim') {\n"
    "            steps {\n"
    "?                sh 'docker build --tag @IMAGE@:$TAG .' // change: how your image is built\n"
    "!                // change: build the image of slim.yaml here, unless it exists\n"
    "                sh 'slim build --file slim.yaml --report " REPORT "'\n"
    "            }\n"
    "        }\n"
    "    }\n"
    "    post {\n"
    "        always { archiveArtifacts artifacts: '" REPORT "', allowEmptyArchive: true }\n"
    "    }\n"
    "}\n";

static const char azure[] =
    "# Makes the images of slim.yaml small. Check the lines that are marked \"change\".\n"
    "# change: the agent needs slim and runc.\n"
    "steps:\n"
    "?  - script: docker build --tag @IMAGE@:$TAG . # change: how your image is built\n"
    "?    displayName: Build the image\n"
    "?    env: {TAG: $(Build.SourceVersion)}\n"
    "!  # change: build the image of slim.yaml here, unless it exists\n"
    "  - script: sudo --preserve-env \"$(command -v slim)\" build --file slim.yaml --report " REPORT "\n"
    "    displayName: Make it small\n"
    "?    env: {TAG: $(Build.SourceVersion)}\n"
    "  - publish: " REPORT "\n"
    "    artifact: slim-report\n"
    "    condition: always()\n";

const struct init_system init_systems[] = {
    {.name = "GitHub Actions", .sign = ".github/workflows/", .file = ".github/workflows/slim.yml", .text = github},
    {.name = "GitLab CI",
     .sign = ".gitlab-ci.yml",
     .file = "slim.gitlab-ci.yml",
     .next = "add to .gitlab-ci.yml:  include: [{local: slim.gitlab-ci.yml}]",
     .text = gitlab},
    {.name = "Jenkins",
     .sign = "Jenkinsfile",
     .file = "Jenkinsfile.slim",
     .next = "copy its stage into Jenkinsfile, or create a job from it",
     .text = jenkins},
    {.name = "Azure Pipelines",
     .sign = "azure-pipelines.yml",
     .file = "slim.azure-pipelines.yml",
     .next = "add to the steps of azure-pipelines.yml:  - template: slim.azure-pipelines.yml",
     .text = azure},
};
const size_t init_n_systems = sizeof(init_systems) / sizeof(init_systems[0]);

bool init_systems_is_used(const struct init_system *s, int dir)
{
	struct stat st;
	const bool is_dir = s->sign[strlen(s->sign) - 1] == '/';
	return fstatat(dir, s->sign, &st, 0) == 0 && (is_dir ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode));
}

static void add_line(const char *line, size_t len, const char *image, struct buf *out)
{
	static const char hole[] = "@IMAGE@";
	const char *at = image ? memmem(line, len, hole, sizeof(hole) - 1) : NULL;
	if (at) {
		buf_append(out, line, (size_t)(at - line));
		buf_str(out, image);
		len -= (size_t)(at - line) + sizeof(hole) - 1;
		line = at + sizeof(hole) - 1;
	}
	buf_append(out, line, len);
}

void init_systems_text(const struct init_system *s, const struct init_source *source, struct buf *out)
{
	const bool is_made = source->local && source->untagged;
	/* docker build takes the name without the transport */
	const char *colon = source->ref->scheme == OCI_SCHEME_NONE || !is_made ? NULL : strchr(source->untagged, ':');
	const char *image = colon ? colon + 1 : source->untagged;
	for (const char *line = s->text, *end; *line; line = end) {
		end = strchr(line, '\n') + 1;
		if (*line == '?' || *line == '!') {
			if ((*line == '?') != is_made)
				continue;
			line++;
		}
		add_line(line, (size_t)(end - line), image, out);
	}
}
