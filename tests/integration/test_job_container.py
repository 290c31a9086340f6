"""slim in the container of a CI job: what works in which, and what is said where it does not. The rows of docs/ci.md."""
import os
import re
import shutil

import oci
import pytest

from testenv import job
from testenv.samples import SERVICE_CONFIG

pytestmark = pytest.mark.needs("root", "runc", "dockerd", "docker", "capsh", "setcap", "newuidmap")


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, program, images):
    """jobs(engine, options, *words): (status, output) of slim in a job's container. shared: /shared in each. volume, mine:
    options for a volume where the store is, of root's and the user's."""
    directory = tmp_path_factory.mktemp("jobs")
    tar = job.make_tar(directory)
    shared = str(directory / "shared")
    shutil.copytree(images.service().split(":")[1], shared + "/service")
    shutil.copy(program, shared + "/slim")
    os.chmod(shared, 0o777)

    def run(engine, options, *words):
        if not engine.job_image:
            image = engine.import_job(tar)
            engine.job_image = image
        script = 'd=$(mktemp -d); cd $d; /shared/slim "$@" 2>&1; echo status $?'
        out = engine.job(engine.job_image, "sh", "-c", script, "sh", *words,
                         options=["-v", "/usr:/usr:ro", "-v", shared + ":/shared", "-e", "PATH=" + job.PATH, *options])
        return int(re.search(r"status (\d+)\s*$", out).group(1)), out
    run.shared = shared
    for name in ("root", "ci"):
        os.mkdir(directory / name)
    os.chown(directory / "ci", 1001, 1001)
    run.volume, run.mine = ["-v", "%s:/root/.cache" % (directory / "root")], ["-v", "%s:/ci/.cache" % (directory / "ci")]
    return run


@pytest.fixture
def docker(dockerd_session):
    dockerd_session.job_image = None
    dockerd_session.import_job = lambda tar: dockerd_session.docker("import", tar, "job").strip()
    yield dockerd_session
    dockerd_session.remove_all()


BUILD = ["build", "oci:/shared/service:image", "-o", "oci:out:slim", "--http-probe-cmd", "/page.html"]
AS_USER = ["-u", job.USER]
RECORD = ["record", "oci:/shared/service:image", "--http-probe-cmd", "/page.html", "-o"]


def works(done):
    assert done[0] == 0 and "verified" in done[1], done[1]


def is_refused(done, *words):
    assert done[0] == 1, done[1]
    for word in words:
        assert word in done[1], done[1]
    assert len([line for line in done[1].splitlines() if line.startswith("    ")]) == 1, done[1]


def test_root_with_privileges(jobs, docker):
    works(jobs(docker, job.privileged() + jobs.volume, *BUILD))


def test_root_without(jobs, docker, slim):
    """Told in the system's own words; a stored trace needs no privileges."""
    is_refused(jobs(docker, [], *BUILD), "CAP_SYS_ADMIN", "Docker: run this container with --privileged")
    is_refused(jobs(docker, ["-e", "GITLAB_CI=true"], *BUILD), "CAP_SYS_ADMIN", "privileged = true")
    trace = os.path.join(jobs.shared, "trace.json")
    recorded = slim.run(RECORD[0], "oci:%s/service:image" % jobs.shared, *RECORD[2:], trace, "--store", slim.store)
    assert recorded.status == 0, recorded
    done = jobs(docker, ["-v", "/root/.cache"], *BUILD[:4], "--trace", "/shared/trace.json")
    assert done[0] == 0 and "nothing is run" in done[1], done[1]


def test_a_user(jobs, docker):
    options = AS_USER + jobs.mine
    works(jobs(docker, options + job.unconfined(), *BUILD))
    is_refused(jobs(docker, options, *BUILD), "user namespace", "seccomp=unconfined")
    half = [w for option in job.UNCONFINED[:2] for w in ("--security-opt", option)]
    is_refused(jobs(docker, options + half, *BUILD), "/proc", "systempaths=unconfined")
    is_refused(jobs(docker, options + job.unconfined() + ["-e", "PATH=/usr/bin:/bin"], *BUILD), "cap_setuid+ep")


def test_the_machines_engine_through_its_socket(jobs, docker, images):
    """Source and result are the engine's; what runs, runs in the job's container."""
    docker.take(images.service(), "service")
    words = ["build", "service:latest", "-t", "service:slim", "--http-probe-cmd", "/page.html"]
    options = jobs.volume + ["-v", docker.socket + ":/var/run/docker.sock"]
    works(jobs(docker, job.privileged() + options, *words))
    assert docker.config("service:slim")["Entrypoint"] == ["/bin/httpd"]
    is_refused(jobs(docker, options, *words), "CAP_SYS_ADMIN", "--privileged")
    docker.docker("rmi", "service:slim")
    works(jobs(docker, job.privileged() + jobs.volume + ["-v", docker.socket + ":/x.sock", "-e", "DOCKER_HOST=unix:///x.sock"],
               *words))
    assert docker.config("service:slim")["Entrypoint"] == ["/bin/httpd"]


def test_the_store_is_on_the_jobs_volume(jobs, docker):
    """The container's own file system holds no deletions: /srv/gone.txt is one."""
    is_refused(jobs(docker, job.privileged() + ["-e", "JENKINS_URL=x"], *BUILD), "deletes a file", "-v slim:/slim")
    builds = [jobs.volume[0], jobs.volume[1].replace("/root/.cache", "/builds")]
    works(jobs(docker, job.privileged() + builds + ["-e", "GITLAB_CI=true", "-e", "CI_BUILDS_DIR=/builds"], *BUILD))
    works(jobs(docker, job.privileged() + [jobs.volume[0], jobs.volume[1].replace("/root/.cache", "/slim")], *BUILD, "--store", "/slim/x"))


def test_what_is_written_in_a_container_is_in_memory(jobs, docker, images):
    """An overlay is no place for another one's writes."""
    flat = os.path.join(jobs.shared, "flat")
    if not os.path.exists(flat):
        oci.write_layout(flat, "image", oci.Image(images.layers()[:1], dict(SERVICE_CONFIG, Entrypoint=["/bin/job"],
                         Cmd=["write", "/tmp/x", "text"], ExposedPorts={}, Healthcheck=None)))
    works(jobs(docker, job.privileged(), "build", "oci:/shared/flat:image", "-o", "oci:out:slim"))


@pytest.mark.needs("podman")
def test_in_podmans_containers(jobs, podman_session):
    podman_session.job_image = None
    podman_session.import_job = lambda tar: podman_session.podman("import", "-q", tar, "job").strip().splitlines()[-1]
    try:
        works(jobs(podman_session, ["--privileged", *jobs.volume], *BUILD))
        is_refused(jobs(podman_session, [], *BUILD), "CAP_SYS_ADMIN", "podman: ")
    finally:
        podman_session.remove_all()
