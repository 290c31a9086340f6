"""The result is proved before it is published: equal, healed, or refused with a page that says what differs."""
import json
import os
import subprocess
import tarfile

import oci
import pytest

from testenv.layers import Layer
from testenv.samples import SERVICE_CONFIG
from testenv.tree import Image, differences

pytestmark = pytest.mark.needs("root", "runc")

EXACT = ("--keep", "exact")


def layout(tmp_path, name, image):
    oci.write_layout(str(tmp_path / name), "image", image)
    return "oci:%s:image" % (tmp_path / name)


def service(images, tmp_path, layer, name="service", config=None):
    """The service with one more layer."""
    layers = images.layers() + [layer.write(str(tmp_path / (name + ".tar")))]
    return layout(tmp_path, name, oci.Image(layers, dict(SERVICE_CONFIG, **(config or {}))))


@pytest.fixture
def blind(slim, tmp_path):
    """A trace of the service that was not driven, and the options to build from it and verify what is driven."""
    def record(source):
        path = tmp_path / "blind.json"
        done = slim.run("record", source, "-o", path, "--store", slim.store, "--http-probe=false")
        assert done.status == 0, done
        return [*EXACT, "--trace", path, "--verify=on"]
    return record


@pytest.fixture
def refused(slim, tmp_path):
    """Builds; it must be refused, with nothing published. The page, the report's verify."""
    def build(source, *options, **more):
        report = tmp_path / "refused.json"
        result = slim.run("build", source, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--report",
                          report, *options, **more)
        assert result.status == 3, result
        assert len(result.error_lines()) == 1, result
        assert not (tmp_path / "out").exists()
        with open(report) as f:
            whole = json.load(f)
        verify = whole["verify"]
        assert verify["done"] and not verify["equal"]
        assert whole["error"]["code"] == ("result-differs" if verify["differences"] else "result-lacks-files"), whole["error"]
        assert whole["error"]["class"] == "differs" and whole["error"]["message"]
        return result.err, verify
    return build


def dest(tmp_path):
    return "oci:%s:slim" % (tmp_path / "out")


# slim build

def test_a_service_that_ignores_its_stop_signal(slim, images, tmp_path):
    source = service(images, tmp_path, Layer(), config={"Cmd": ["8080", "stays"]})
    report = slim.build(source, dest(tmp_path), "--stop-timeout", "2", *EXACT)
    assert [run["ended_by"] for run in report["runs"]] == ["kill"]
    assert report["verify"]["equal"] and report["verify"]["repeats"] == 0, report["verify"]
    told = [note["text"] for note in report["notes"] if note["code"] == "stop-signal-ignored"]
    assert len(told) == 1 and "/bin/httpd 8080 stays" in told[0], report["notes"]
    assert "srv/bye.txt" in Image(dest(tmp_path)).paths()

    plain = slim.build(images.service(), dest(tmp_path), *EXACT)
    assert "stop-signal-ignored" not in [note["code"] for note in plain["notes"]]


def test_the_handler_of_an_ignored_stop_signal_is_proved(slim, images, tmp_path):
    """The slim container is killed sooner, but not before its handler missed a file."""
    source = service(images, tmp_path, Layer(), config={"Cmd": ["8080", "stays"]})
    other = service(images, tmp_path, Layer().whiteout("srv/bye.txt"), name="other", config={"Cmd": ["8080", "stays"]})
    result = slim.run("verify", source, other, "--store", slim.store, "--stop-timeout", "2", "--json")
    assert result.status == 3, result
    verify = json.loads(result.out)["verify"]
    assert verify["differences"] == [] and [f["path"] for f in verify["lookups"]] == ["/srv/bye.txt"], verify


def test_only_the_slim_image_heeds_the_stop_signal(slim, images, tmp_path):
    source = service(images, tmp_path, Layer(), config={"Cmd": ["8080", "stays"]})
    other = service(images, tmp_path, Layer(), name="other")
    result = slim.run("verify", source, other, "--store", slim.store, "--stop-timeout", "2", "--json")
    assert result.status == 3, result
    differences = json.loads(result.out)["verify"]["differences"]
    assert [d["what"] for d in differences] == ["exit status"], differences


COUNTING = """#!/bin/sh
# A runtime that writes down which containers it runs.
case "$*" in
*\\ run\\ *) echo "$*" >>%s;;
esac
exec runc "$@"
"""


def test_only_the_run_that_varies_is_repeated(slim, images, tmp_path):
    runtime, log = tmp_path / "runc", tmp_path / "runs"
    runtime.write_text(COUNTING % log)
    runtime.chmod(0o755)
    report = slim.build(images.job(), dest(tmp_path), "--runtime", runtime, "--run", "id", "--run",
                        "cat /proc/sys/kernel/random/uuid", "--run", "env")
    verify = report["verify"]
    assert verify["equal"] and verify["equal_runs"] == 3 and len(verify["variable"]) == 1, verify
    assert verify["repeats"] > 0, verify
    assert len(log.read_text().splitlines()) == 3 + 3 + verify["repeats"]


def test_is_done_unasked(slim, images, tmp_path):
    report = slim.build(images.service(), dest(tmp_path))
    verify = report["verify"]
    assert verify["done"] and verify["equal"] and verify["skipped"] is None
    assert (verify["rounds"], verify["repeats"], verify["equal_runs"]) == (1, 0, 1)
    assert verify["equal_steps"] == len(report["runs"][0]["steps"]) > 4
    assert verify["differences"] == verify["healed"] == verify["lookups"] == verify["variable"] == []
    assert report["timing_ms"]["verify"] > 0


def test_summary(slim, images, tmp_path):
    shown = slim.run("build", images.job(), "-o", dest(tmp_path), "--store", slim.store)
    assert shown.status == 0 and "verified    0 steps and 1 run equal\n" in shown.out, shown


def test_off(slim, images, tmp_path):
    report = slim.build(images.service(), dest(tmp_path), "--verify=off")
    assert not report["verify"]["done"] and "--verify=off" in report["verify"]["skipped"]
    assert report["verify"]["rounds"] == 0


def test_a_build_from_traces_says_that_nothing_was_run(slim, images, tmp_path, blind):
    options = blind(images.service())
    shown = slim.run("build", images.service(), "-o", dest(tmp_path), "--store", slim.store, *options[:-1])
    assert shown.status == 0 and "verified    no: with --trace nothing is run" in shown.out, shown


def test_what_was_missed_is_healed(slim, images, tmp_path, blind):
    report = slim.build(images.service(), dest(tmp_path), *blind(images.service()))
    verify = report["verify"]
    assert verify["equal"] and verify["rounds"] > 1
    healed = {h["path"]: h for h in verify["healed"]}
    assert healed["/srv/index.html"] == {"path": "/srv/index.html", "why": "/bin/httpd looked for /srv/index.html",
                                         "round": 1}
    assert {"/srv/page.html", "/srv/pixel.txt", "/srv/sub/deep.txt"} <= set(healed)
    result = Image(dest(tmp_path))
    assert differences(Image(images.service()), result) == []
    assert {p.strip("/") for p in healed} <= result.paths() and "srv/unused.txt" not in verify["healed"]
    again = slim.run("verify", images.service(), dest(tmp_path), "--store", slim.store)
    assert again.status == 0, again


def test_healing_can_be_forbidden(slim, images, refused, blind):
    page, verify = refused(images.service(), *blind(images.service()), "--heal", "0")
    assert verify["rounds"] == 1 and verify["healed"] == []
    assert [l["path"] for l in verify["lookups"]] == ["/srv/index.html"]
    assert {"where": "GET / on port 8080", "what": "status", "expected": "200", "got": "404"} in verify["differences"]
    assert "--include /srv/index.html    for /bin/httpd" in page
    assert "status: 404, was 200" in page and "answer: not found, was <title>" in page and "--verify=off" in page
    assert "| httpd: listening" in page


def test_a_refused_build_leaves_what_was_there(slim, images, tmp_path, blind):
    archive = tmp_path / "out.tar"
    archive.write_text("precious")
    result = slim.run("build", images.service(), "-o", "docker-archive:%s:a:b" % archive, "--store", slim.store, "--heal",
                      "0", *blind(images.service()))
    assert result.status == 3 and archive.read_text() == "precious", result


def test_a_report_on_stdout_tells_it_too(slim, images, tmp_path, blind):
    result = slim.run("build", images.service(), "-o", dest(tmp_path), "--store", slim.store, "--heal", "0", "--json",
                      *blind(images.service()))
    assert result.status == 3
    report = json.loads(result.out)  # one object: the error is a member
    assert report["schema"] == "slim.report/v1" and report["verify"]["equal"] is False
    assert report["error"]["code"] == "result-differs" and report["error"]["class"] == "differs"


def test_what_the_user_excluded_stays_out_and_is_told(slim, images, refused):
    page, verify = refused(images.service(), "--exclude", "/srv/pixel.txt")
    assert verify["left_out"] == ["/srv/pixel.txt"] and verify["lookups"] == verify["healed"] == []
    assert [d["where"] for d in verify["differences"]] == ["GET /pixel.txt on port 8080"] * 2
    assert "left out as you said" in page


PLUGINS = Layer().dir("srv").file("srv/index.html", '<a href="/plugins">p</a>').dir("srv/plugins.d")


def with_plugins():
    layer = Layer()
    layer.members = list(PLUGINS.members)
    return layer.file("srv/plugins.d/one.conf", "first plugin\n").file("srv/plugins.d/two.conf", "second plugin\n")


def test_a_listed_directory_that_lacks_files_is_healed(slim, images, tmp_path, blind):
    """A program that lists a directory asks for nothing that is absent: only its answer tells."""
    source = service(images, tmp_path, with_plugins())
    options = blind(source)
    with open(options[3]) as f:
        trace = json.load(f)
    here = {p["path"]: p for p in trace["paths"]}
    listed = dict(here["/bin/httpd"], path="/srv/plugins.d", kinds=["open", "list"])
    index = dict(here["/bin/httpd"], path="/srv/index.html", kinds=["open"])
    trace["paths"] = sorted(trace["paths"] + [listed, index], key=lambda p: p["path"])
    with open(options[3], "w") as f:
        json.dump(trace, f)
    report = slim.build(source, dest(tmp_path), *options)
    healed = {h["path"]: h["why"] for h in report["verify"]["healed"]}
    assert healed["/srv/plugins.d/one.conf"] == "missing in /srv/plugins.d, which the container listed"
    assert "/srv/plugins.d/two.conf" in healed and report["verify"]["repeats"] > 0
    assert {"srv/plugins.d/one.conf", "srv/plugins.d/two.conf"} <= Image(dest(tmp_path)).paths()


def test_a_missing_directory_that_is_listed_comes_with_its_files(slim, images, tmp_path, blind):
    source = service(images, tmp_path, with_plugins())
    report = slim.build(source, dest(tmp_path), *blind(source))
    assert {"/srv/plugins.d", "/srv/plugins.d/one.conf", "/srv/plugins.d/two.conf"} <= \
        {h["path"] for h in report["verify"]["healed"]}


def test_what_varies_by_itself_is_left_out(slim, images, tmp_path):
    source = service(images, tmp_path, Layer().dir("srv").file("srv/index.html", '<a href="/now">now</a>'))
    verify = slim.build(source, dest(tmp_path))["verify"]
    assert verify["equal"] and verify["rounds"] == 1 and verify["repeats"] > 0
    assert verify["variable"] == ["GET /now on port 8080: answer"]


def test_a_status_that_varies_by_itself_is_found_late(slim, images, tmp_path):
    """The slim image answers 404 once; the next three times it is 200, as always in the original."""
    (tmp_path / "m").mkdir()
    page, count = tmp_path / "m" / "page.txt", tmp_path / "count"
    page.write_text("page")
    # at the end of a run, for the next one
    command = "echo >> %s; case $(wc -l < %s) in 1) mv %s %s.away;; 2) mv %s.away %s;; esac" % (
        count, count, page, page, page, page)
    verify = slim.build(images.service(), dest(tmp_path), "--mount", "%s:/srv/m" % (tmp_path / "m"), "--http-probe-cmd", "/",
                        "--http-probe-cmd", "/m/page.txt", "--host-exec", command)["verify"]
    assert verify["equal"] and verify["repeats"] == 6, verify
    assert verify["variable"] == ["GET /m/page.txt on port 8080: status"]


# The runs until a result is refused: (original, result) as they alternate, first up to three and two, then nine and six.
TURNS = "OSOSO" + "SOSOSOSOOO"


@pytest.fixture
def turns(images, tmp_path):
    """A service whose GET /status answers with what each run of the original and of the result is to give; the last one
    of each stays. The arguments of a build."""
    def arguments(original, result):
        state = tmp_path / "m"
        state.mkdir()
        left = {"O": list(original), "S": list(result)}
        statuses = [left[who].pop(0) if len(left[who]) > 1 else left[who][0] for who in TURNS]
        (state / "status").write_text(str(statuses[0]))
        (tmp_path / "next").write_text("".join("%d\n" % s for s in statuses[1:]))
        # at the end of a run, for the next one
        command = "head -n 1 %s > %s; sed -i 1d %s" % (tmp_path / "next", state / "status", tmp_path / "next")
        return [images.service(), dest(tmp_path), "--mount", "%s:/srv/m" % state, "--http-probe-cmd", "/",
                "--http-probe-cmd", "/status", "--host-exec", command]
    return arguments


STATUS = "GET /status on port 8080"


def test_a_status_that_varies_within_a_class_is_compared_by_class(slim, turns):
    verify = slim.build(*turns([200, 201], [204]))["verify"]
    assert verify["equal"] and verify["variable"] == [STATUS + ": status"] and verify["incomparable"] == [], verify


def test_a_status_that_varies_in_class_is_incomparable(slim, turns):
    source, destination, *options = turns([200, 503], [404])
    done = slim.run("build", source, "-o", destination, "--store", slim.store, *options)
    assert done.status == 0, done
    assert "1 incomparable" in done.out and STATUS + ": status (2xx, 5xx): incomparable" in done.out, done


def test_a_status_that_varies_in_class_is_in_the_report(slim, turns):
    verify = slim.build(*turns([200, 503], [404]))["verify"]
    assert verify["equal"] and verify["incomparable"] == [STATUS + ": status (2xx, 5xx)"], verify
    assert verify["variable"] == [] and verify["differences"] == [], verify


@pytest.mark.parametrize("original,result,got", [
    ([200, 201], [404], "404"),          # another class, which the original never has
    ([200, 201], [500, 404], "500"),     # two of them
    ([200], [404], "404"),
    ([200, 503], [0], "no answer"),      # the connection is closed: no status at all
    ([200, 201], [0], "no answer"),
    ([200, 503, 0], [0], "no answer"),
    ([200], [0, 200, 0, 200, 0, 0], "no answer in 4 of 6 runs"),
    ([200], [500, 200, 500, 200, 500, 200], "500 in 3 of 6 runs"),
])
def test_a_broken_status_is_refused_beside_what_varies(refused, turns, original, result, got):
    source, _, *options = turns(original, result)
    _, verify = refused(source, *options)
    status, = [d for d in verify["differences"] if d["what"] == "status"]
    assert (status["where"], status["expected"], status["got"]) == (STATUS, "200", got), verify


RANDOM = ["--http-probe-cmd", "/"] + [word for path in ("/random/200/201/202/203", "/random/404/410", "/random/200/503",
          "/random/200/302/404/500/503") for word in ("--http-probe-cmd", path)]


@pytest.mark.parametrize("attempt", range(3))
def test_a_service_with_random_statuses_is_not_refused(slim, images, tmp_path, attempt):
    verify = slim.build(images.service(), dest(tmp_path), *RANDOM)["verify"]
    assert verify["equal"] and verify["differences"] == [], verify


def test_jobs(slim, images, tmp_path):
    verify = slim.build(images.job(), dest(tmp_path), "--run", "cat /srv/run-a.txt", "--run", "fail why", "--run-status", "0,3")["verify"]
    assert verify["equal"] and (verify["equal_runs"], verify["repeats"]) == (2, 0)


def test_a_run_that_a_hand_ended_is_not_waited_for(slim, images, tmp_path):
    verify = slim.build(images.service(), dest(tmp_path), "--continue-after", "enter", input="\n")["verify"]
    assert verify["equal"]


# slim verify

def original(images, tmp_path, **more):
    return images.layout("service", images.service_image())


def slimmed(slim, images, tmp_path, change, config=None, source=None):
    """The slim service, its one layer changed by change({name: (TarInfo, bytes)})."""
    slim.build(source or images.service(), dest(tmp_path), *EXACT)
    image = Image(dest(tmp_path))
    (tmp_path / "layer.tar").write_bytes(image.tars[0])
    members = {}
    with tarfile.open(tmp_path / "layer.tar") as tar:
        for m in tar:
            members[m.name.strip("/")] = (m, tar.extractfile(m).read() if m.isreg() else b"")
    change(members)
    layer = Layer()
    for info, data in members.values():
        info.size = len(data)
        layer.members.append((info, data))
    changed = oci.Image([layer.write(str(tmp_path / "changed.tar"))], dict(image.config["config"], **(config or {})))
    return layout(tmp_path, "changed", changed)


def verify(slim, *args, **more):
    result = slim.run("verify", *args, "--store", slim.store, "--json", **more)
    return result, json.loads(result.out)["verify"] if result.out else None


def found(said, where, what):
    return [d for d in said["differences"] if d["where"] == where and d["what"] == what]


def test_equal(slim, images, tmp_path):
    slim.build(images.service(), dest(tmp_path), *EXACT)
    result, said = verify(slim, images.service(), dest(tmp_path))
    assert result.status == 0 and said["equal"], result
    assert json.loads(result.out)["notes"] == [] and "error" not in json.loads(result.out)


def test_another_exercise_finds_more(slim, images, tmp_path):
    """And what heals it: the trace of the wider exercise, built from with the first."""
    first, wider = tmp_path / "first.json", tmp_path / "wider.json"
    assert slim.run("record", images.service(), "-o", first, "--store", slim.store).status == 0
    slim.build(images.service(), dest(tmp_path), *EXACT, "--trace", first)
    exercise = ["--exec", '["/bin/job", "cat", "/srv/exec.txt"]']
    result, said = verify(slim, images.service(), dest(tmp_path), *exercise, "-o", wider)
    assert result.status == 3 and [l["path"] for l in said["lookups"]] == ["/srv/exec.txt"], result
    assert "--include /srv/exec.txt    for /bin/job" in result.err
    slim.build(images.service(), dest(tmp_path), *EXACT, "--trace", first, "--trace", wider)
    result, said = verify(slim, images.service(), dest(tmp_path), *exercise)
    assert result.status == 0, result


@pytest.mark.parametrize("path,equal", [("app/__pycache__/a.pyc", True), ("app/cache/a", False)])
def test_missing_compiled_python_is_no_difference(slim, images, tmp_path, path, equal):
    """Python does without; any other file that is missed may matter."""
    layer = Layer().program("bin/job", images.programs["job"]).file(path, "x").write(tmp_path / "a.tar")
    oci.write_layout(str(tmp_path / "in"), "image", oci.Image([layer], {"Entrypoint": ["/bin/job"], "Cmd": ["id"]}))
    source = "oci:%s:image" % (tmp_path / "in")
    slim.build(source, dest(tmp_path), *EXACT)
    result, said = verify(slim, source, dest(tmp_path), "--run", json.dumps(["look", "/" + path]))
    assert (result.status, said["equal"]) == ((0, True) if equal else (3, False)), result
    assert [l["path"] for l in said["lookups"]] == ["/" + path]


def test_a_changed_answer(slim, images, tmp_path):
    def change(members):
        members["srv/pixel.txt"] = (members["srv/pixel.txt"][0], b"pi\x1b[31mxel\n")
    result, said = verify(slim, images.service(), slimmed(slim, images, tmp_path, change))
    assert result.status == 3 and len(said["differences"]) == 1, result
    assert said["differences"][0]["where"] == "GET /pixel.txt on port 8080"
    assert "answer: pi\\x1b[31mxel, was pixel" in result.err and "\x1b" not in result.err


def test_a_difference_beside_what_varies(slim, images, tmp_path):
    """Words that vary are left out of an answer, not the whole of it."""
    base = Layer().dir("srv").file("srv/index.html", '<a href="/now">now</a>')
    source = service(images, tmp_path, base)

    def change(members):
        info, data = members["bin/httpd"]
        members["bin/httpd"] = (info, data.replace(b"the time is %lld", b"the hour is %lld"))
    result, said = verify(slim, source, slimmed(slim, images, tmp_path, change, source=source))
    assert result.status == 3 and found(said, "GET /now on port 8080", "answer"), result


def test_a_missing_program(slim, images, tmp_path):
    """A container that does not start is a difference."""
    result, said = verify(slim, images.service(), slimmed(slim, images, tmp_path, lambda m: m.pop("bin/httpd")))
    assert result.status == 3 and json.loads(result.out)["error"]["code"] == "result-differs", result
    assert "/bin/httpd" in found(said, "the run `/bin/httpd 8080`", "failure")[0]["got"]


def test_another_status(slim, images, tmp_path):
    result, said = verify(slim, images.job(), slimmed(slim, images, tmp_path, lambda m: None, {
        "Entrypoint": ["/bin/job"], "Cmd": ["fail", "why"], "ExposedPorts": {}, "Healthcheck": None, "User": ""}))
    assert result.status == 3, result
    run = "the run `/bin/job cat /srv/default.txt`"
    assert found(said, run, "exit status") == [{"where": run, "what": "exit status", "expected": "0", "got": "3"}]
    assert found(said, run, "output")[0]["expected"] == "default"
    assert "| why" in result.err


def test_a_missing_file_of_a_service_with_random_statuses(slim, images, tmp_path):
    broken = slimmed(slim, images, tmp_path, lambda members: members.pop("srv/pixel.txt"))
    result, said = verify(slim, images.service(), broken, *RANDOM, "--http-probe-cmd", "/pixel.txt")
    assert result.status == 3, result
    where = "GET /pixel.txt on port 8080"
    assert found(said, where, "status") == [{"where": where, "what": "status", "expected": "200", "got": "404"}], result


def test_another_image(slim, images, tmp_path):
    def change(members):
        info = tarfile.TarInfo("srv/strange.txt")
        members["srv/strange.txt"] = (info, b"from elsewhere\n")
    result, _ = verify(slim, images.service(), slimmed(slim, images, tmp_path, change))
    note, = json.loads(result.out)["notes"]
    assert result.status == 0 and note["code"] == "paths-of-other-image" and "/srv/strange.txt" in note["text"], result


def test_output_of_commands_inside(slim, images, tmp_path):
    """A command's output counts, not only its status."""
    def change(members):
        members["srv/exec.txt"] = (tarfile.TarInfo("srv/exec.txt"), b"something else\n")
    exercise = ["--exec", '["/bin/job", "cat", "/srv/exec.txt"]']
    result, said = verify(slim, images.service(), slimmed(slim, images, tmp_path, change), *exercise)
    assert result.status == 3
    where = 'exec `["/bin/job", "cat", "/srv/exec.txt"]`'
    assert found(said, where, "answer") == [{"where": where, "what": "answer", "expected": "exec", "got": "something else"}]


def test_wrong_usage(slim, images):
    slim.fails("verify", images.service(), status=2, code="argument-missing", names="ORIGINAL SLIM")
    slim.fails("build", images.service(), "--verify=maybe", status=2, code="option-value-invalid", names="maybe")
    slim.fails("build", images.service(), "--heal", "many", status=2, code="option-value-invalid", names="many")


# any one needed file removed

@pytest.mark.needs("mmdebstrap")
def test_no_broken_keep_set_is_published(slim, images, tmp_path):
    """A real image, each time without one of the files that its run found: 50 of them at night, else 20."""
    most = 50 if os.environ.get("SLIM_NIGHTLY") else 20
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    tar = images.root("quickstart-nginx", "nginx-light")
    site = str(tmp_path / "site.tar")
    with tarfile.open(site, "w") as t:
        t.add(os.path.join(root, "examples/quickstart/site"), arcname=".")
    with open(os.path.join(root, "examples/quickstart/config.json")) as f:
        source = layout(tmp_path, "nginx", oci.Image([tar, site], json.load(f)))
    program = os.path.join(os.path.dirname(os.path.dirname(slim.program)), "tests/broken/broken")
    done = subprocess.run([program, source, slim.store, str(most), "4"], stdout=subprocess.PIPE, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(outcomes) >= most // 2
    assert {o["outcome"] for o in outcomes} == {"healed", "differs"}, outcomes
    for o in outcomes:
        if o["outcome"] == "healed":
            assert o["back"] and o["steps"] and not o["differences"] and not o["lookups"], o
        else:
            assert o["differences"] or o["lookups"], o
    assert sum(o["outcome"] == "healed" for o in outcomes) > len(outcomes) // 2
