"""What slim writes runs in real engines, as the original does."""
import pytest

from testenv.samples import SERVICE_CONFIG

pytestmark = pytest.mark.needs("root", "runc")

OUTPUTS = [("oci", "gzip"), ("oci", "zstd"), ("oci", "none"), ("oci-archive", "gzip"), ("docker-archive", "gzip"),
           ("docker-archive", "none")]


@pytest.fixture(params=["dockerd", "podman"])
def engine(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("form,compression", OUTPUTS)
def test_service_runs(slim, images, tmp_path, engine, form, compression):
    dest = "%s:%s:%s" % (form, tmp_path / "out", "slim" if form != "docker-archive" else "test/slim:1")
    slim.build(images.service(), dest, "--compression", compression)
    engine.take(dest, "slimmed")
    container, address = engine.run("slimmed")
    assert engine.http(address, 8080, "/page.html")[0] == 200
    assert engine.http(address, 8080, "/sub/deep.txt") == (200, "deep\n")
    assert engine.http(address, 8080, "/unused.txt")[0] == 404
    status, identity = engine.http(address, 8080, "/id")
    assert status == 200
    assert "uid=1000 gid=1000" in identity and "cwd=/srv" in identity
    assert engine.stop_container(container) == 0


def test_config_in_dockerd(slim, images, tmp_path, dockerd):
    dest = "docker-archive:%s:test/slim:1" % (tmp_path / "out.tar")
    slim.build(images.service(), dest)
    dockerd.take(dest, "slimmed")
    config = dockerd.config("slimmed")
    for key in ("Entrypoint", "Cmd", "Env", "User", "WorkingDir", "ExposedPorts", "Volumes", "Labels", "StopSignal",
                "OnBuild"):
        assert config[key] == SERVICE_CONFIG[key], key
    assert config["Healthcheck"]["Test"] == SERVICE_CONFIG["Healthcheck"]["Test"]


def test_volume_content_reaches_the_volume(slim, images, tmp_path, dockerd):
    dest = "oci:%s:slim" % (tmp_path / "out")
    slim.build(images.service(), dest)
    dockerd.take(dest, "slimmed")
    out = dockerd.job("slimmed", "cat", "/data/kept.txt", options=["--entrypoint", "/bin/job"])
    assert out == "content of a volume\n"


@pytest.mark.needs("mmdebstrap")
def test_debian_service(slim, images, tmp_path, engine):
    dest = "oci:%s:slim" % (tmp_path / "out")
    report = slim.build(images.debian(), dest)
    assert report["result"]["size_bytes"] < report["source"]["size_bytes"] / 3
    engine.take(dest, "slimmed")
    _, address = engine.run("slimmed")
    assert engine.http(address, 8000, "/a.txt") == (200, "a\n")
