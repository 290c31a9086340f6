"""slim cache: what it shows, takes away and finds broken, and that builds beside it do not notice."""
import json
import os
import signal

import pytest

pytestmark = pytest.mark.needs("root", "runc")


def cache(slim, *args, status=0, **more):
    result = slim.run("cache", *args, "--store", slim.store, **more)
    assert result.status == status, result
    return result


def listed(slim, *args, **more):
    out = json.loads(cache(slim, *args, "--json", **more).out)
    assert out["schema"] == "slim.cache/v1"
    return out


def layers(slim):
    return sorted(os.listdir(slim.store + "/layers"))


def test_ls_prune_verify(slim, images, tmp_path):
    slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"))
    shown = listed(slim, "ls")
    assert sorted(l["name"] for l in shown["layers"]) == layers(slim)
    assert shown["bytes"] == sum(l["bytes"] for l in shown["layers"]) > 0
    assert not any(l["in_use"] or l["removed"] or "broken" in l for l in shown["layers"])
    text = cache(slim, "ls").out.splitlines()
    assert len(text) == 3 and text[-1].startswith("2 layers, ") and text[-1].endswith(" 0 in use")
    assert cache(slim, "verify").out == "2 layers as unpacked, 0 broken\n"
    assert "would free" in cache(slim, "prune", "--all", "--dry-run").out and len(layers(slim)) == 2
    biggest = max(l["bytes"] for l in shown["layers"])
    cut = listed(slim, "prune", "--max-size", str(biggest))
    assert 0 < cut["bytes"] <= biggest and cut["removed_bytes"] + cut["bytes"] == shown["bytes"]
    assert "freed" in cache(slim, "prune", "--older-than", "0").out and layers(slim) == []


def test_broken_layers_are_named_and_repaired(slim, images, tmp_path):
    first = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"))
    [httpd] = [os.path.join(slim.store, "layers", l, "fs/bin/httpd") for l in layers(slim)
               if os.path.exists(os.path.join(slim.store, "layers", l, "fs/bin/httpd"))]
    times = os.stat(httpd)
    with open(httpd, "r+b") as f:
        f.seek(1000)
        f.write(b"xx")
    os.utime(httpd, ns=(times.st_atime_ns, times.st_mtime_ns))
    out = cache(slim, "verify", status=1).out
    assert "broken: its files differ from the unpacked ones" in out and "1 broken" in out
    assert len(layers(slim)) == 2
    assert "removed " in cache(slim, "verify", "--repair").out
    assert len(layers(slim)) == 1
    again = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"))
    assert again["result"]["digest"] == first["result"]["digest"]
    cache(slim, "verify")


@pytest.mark.parametrize("args, code, names", [
    (["lst"], "command-unknown", "lst"),
    (["prune"], "nothing-selected", "--max-size"),
    (["prune", "--max-size", "much"], "size-malformed", "--max-size"),
    (["prune", "--older-than", "7"], "duration-malformed", "--older-than"),
    (["ls", "--all"], "option-not-for-command", "--all"),
    (["prune", "--all", "--repair"], "option-not-for-command", "--repair"),
])
def test_usage(slim, args, code, names):
    slim.fails("cache", *args, "--store", slim.store, status=2, code=code, names=names)


def test_the_limit_of_the_environment(slim, images, tmp_path):
    slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"), env={"SLIM_CACHE_MAX": "1T"})
    assert len(layers(slim)) == 2
    slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"), env={"SLIM_CACHE_MAX": "0"})
    assert layers(slim) == []
    slim.fails("build", images.service(), "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store,
               env={"SLIM_CACHE_MAX": "much"}, code="size-malformed", names="SLIM_CACHE_MAX")


def test_builds_do_not_notice_prunes(slim, images, tmp_path):
    """Two builds, one after the other, while prune --all runs again and again: neither fails, the result is the same."""
    want = slim.build(images.service(), "oci:%s:a" % (tmp_path / "out"))["result"]["digest"]
    for tag in "bc":
        report = str(tmp_path / "beside.json")
        build = slim.start("build", images.service(), "-o", "oci:%s:%s" % (tmp_path / "out", tag), "--store", slim.store,
                           "--report", report, "--keep", "exact")
        prunes, in_use = 0, 0
        while build.poll() is None:
            in_use += any(l["in_use"] for l in listed(slim, "prune", "--all")["layers"])
            prunes += 1
        result = slim.end(build)
        assert result.status == 0, result
        assert json.load(open(report))["result"]["digest"] == want
        assert prunes > 1 and in_use > 0
    cache(slim, "verify")


def test_a_killed_prune_leaves_nothing_half(slim, images, tmp_path):
    """Killed at many moments: each layer is there whole or not at all, and the next run takes the rest away."""
    want = None
    for delay in range(4):
        report = slim.build(images.service(), "oci:%s:slim" % (tmp_path / "out"))
        want = want or report["result"]["digest"]
        assert report["result"]["digest"] == want
        prune = slim.start("cache", "prune", "--all", "--store", slim.store)
        before = set(layers(slim))
        while delay and len(before & set(layers(slim))) == len(before) and prune.poll() is None:
            pass  # until the first layer is gone from its place
        prune.send_signal(signal.SIGKILL)
        slim.end(prune)
        cache(slim, "verify")
    cache(slim, "ls")
    assert os.listdir(slim.store + "/runs") == []
