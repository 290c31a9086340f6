"""The program under test."""
import json
import os
import re
import signal
import subprocess

from testenv import schemas

STAGE = re.compile(r"[a-z]+ +after \d+\.\d s$")  # what a line of progress says behind "slim: "
OUTPUTS = ("-o", "--output", "--report", "--lock")  # options whose value may be a file with a schema
TIMEOUT = 120  # seconds; a hang is a failure, not an endless test run


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return "status %s\n-- stdout\n%s\n-- stderr\n%s" % (self.status, self.out, self.err)

    def error(self):
        """The error that --json printed: code, class and message."""
        printed = json.loads(self.out)
        assert printed.keys() == {"schema", "error"} and printed["schema"] == "slim.error/v1", self
        assert printed["error"].keys() == {"code", "class", "message"}, self
        return printed["error"]

    def error_lines(self):
        """Returns the lines of stderr that report errors, without stages and the container's log."""
        lines = [line[6:] for line in self.err.splitlines() if line.startswith("slim: ")]
        return [line for line in lines if not STAGE.match(line) and not line.startswith("the container printed")]


class Slim:
    """Runs slim with a store and a temporary directory of the test's own."""

    def __init__(self, program, directory):
        self.program, self.directory = program, str(directory)
        self.store = os.path.join(self.directory, "store")
        self.tmp = os.path.join(os.environ.get("SLIM_TEST_TMP") or self.directory, "tmp%d" % os.getpid())
        os.makedirs(self.tmp, exist_ok=True)
        self.started = []

    def environment(self, extra=None):
        env = dict(os.environ, TMPDIR=self.tmp, XDG_CACHE_HOME=os.path.join(self.directory, "cache"), LC_ALL="C.UTF-8")
        env.update(extra or {})
        return env

    def start(self, *args, env=None, prefix=(), **more):
        """Starts slim in a process group of its own, with pipes as stdout and stderr."""
        options = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       errors="surrogateescape", start_new_session=True, env=self.environment(env))
        options.update(more)
        process = subprocess.Popen(list(prefix) + [self.program] + [str(a) for a in args], **options)
        self.started.append(process)
        return process

    def run(self, *args, input=None, timeout=TIMEOUT, **more):
        if input is not None:
            more["stdin"] = subprocess.PIPE
        result = self.end(self.start(*args, **more), input, timeout)
        self.check_schemas([str(a) for a in args], result.out, more.get("cwd"))
        return result

    @staticmethod
    def check_schemas(args, out, cwd):
        """What was printed, and the files that options named, must be as docs/schemas says."""
        schemas.check_text(out or "")
        for option, value in zip(args, args[1:]):
            if option in OUTPUTS:
                schemas.check_file(os.path.join(cwd or "", value))

    @staticmethod
    def end(process, input=None, timeout=TIMEOUT):
        """Waits until it ends by itself."""
        try:
            out, err = process.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # if another program runs slim, ending that program may not end slim
                out, err = process.communicate()
            raise AssertionError("slim did not end in %d s: %s" % (timeout, Result(None, out, err)))
        return Result(process.returncode, out, err)

    def build(self, source, dest, *options, keep="exact", **more):
        """Builds, which must succeed. Returns the report. keep: the level; exact shows what was recorded, as most tests need."""
        report = os.path.join(self.directory, "report.json")
        result = self.run("build", source, "-o", dest, "--store", self.store, "--report", report, "--keep", keep, *options,
                          **more)
        assert result.status == 0, result
        with open(report) as f:
            parsed = json.load(f)
        assert parsed["schema"] == "slim.report/v1"
        return parsed

    def unpacking(self, source, dest, *options):
        """The arguments with which slim unpacks source into its store and writes an image of all its files, without running
        it."""
        trace = os.path.join(self.directory, "nothing.json")
        with open(trace, "w") as f:
            f.write('{"schema": "slim.trace/v1", "paths": [], "processes": 0}')
        return ["build", source, "-o", dest, "--store", self.store, "--trace", trace, "--keep", "exact", "--include", "/**",
                *options]

    def fails(self, verb, *args, code, status=1, names=(), **more):
        """Must fail with that status and message code (or one of them), see docs/messages.md, and one line on stderr that has all of
        names: paths, options and other values, not wording, which may change. Returns the line."""
        result = self.run(verb, *args, **more) if "--json" in args else self.run(verb, "--json", *args, **more)
        assert result.status == status, result
        assert result.error()["code"] in ((code,) if isinstance(code, str) else code), result
        lines = result.error_lines()
        assert len(lines) == 1, result
        for name in [names] if isinstance(names, str) else names:
            assert name in lines[0], lines[0]
        return lines[0]

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
