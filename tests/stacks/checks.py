"""Makes the checks of a spec on an image's layers and judges them."""
import contextlib
import os
import shutil

import container

MOST_SHOWN = 400


def escaped(text, most=MOST_SHOWN):
    """TEXT for a terminal: one line, no control characters, no more than MOST characters."""
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text.strip())
    return text if len(text) <= most else text[:most // 2] + " ... " + text[-most // 2:]


def judge(check, result):
    """"" when the result is the one that the check asks for, else what is wrong with it."""
    if result.status is None:
        wrong = "not done after %d s" % check["timeout"]
    elif result.status != check["status"]:
        wrong = "exit status %d, not %d" % (result.status, check["status"])
    elif not check["out"].search(result.out):
        wrong = "the output does not match %s" % escaped(check["out"].pattern)
    else:
        return ""
    return "%s; printed: %s" % (wrong, escaped(result.out))


def _write_files(directory, files):
    """Fills DIRECTORY, which containers see as /in, with the files of a check."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for name, (mode, text) in files.items():
        path = os.path.join(directory, name.lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, mode)


class _Stack:
    """What the checks of one stack are made against; starts the service before the first check that needs it."""

    def __init__(self, spec, engine, until):
        self.spec, self.engine, self.until = spec, engine, until
        self.service, self.broken = None, ""
        self.inputs = os.path.join(engine.directory, "in")
        os.mkdir(self.inputs, 0o755)

    def _start(self):
        needs = any(check["files"] for check in self.spec["checks"] if check["kind"] != "run")
        try:
            self.service = self.until.enter_context(self.engine.service([(self.inputs, "/in")] if needs else []))
            why = self.service.wait_ready(self.spec["run"].get("ready") or {})
            if why:
                self.broken = "the service: %s; it printed: %s" % (why, escaped(self.service.log()))
        except container.ContainerError as e:
            self.broken = escaped(str(e))

    def _why_not(self):
        """"" while the service runs, which is started first; else why it does not."""
        if not self.broken and self.service is None:
            self._start()
        if self.broken:
            return self.broken
        ended = self.service.ended()
        return "the service: %s; it printed: %s" % (ended, escaped(self.service.log())) if ended else ""

    def one(self, check):
        """Makes one check; "" or what is wrong."""
        more = {"stdin": check["stdin"], "timeout": check["timeout"]}
        _write_files(self.inputs, check["files"])
        if check["kind"] == "run":
            mounts = [(self.inputs, "/in")] if check["files"] else []
            return judge(check, self.engine.run(check.get("entrypoint"), check.get("run"), mounts=mounts, **more))
        why = self._why_not()
        if why:
            return why
        if check["kind"] == "exec":
            result = self.service.exec(check["exec"], **more)
        else:
            result = self.service.shell(check["shell"], cwd=self.inputs,
                                        env=dict(os.environ, IN=self.inputs, LC_ALL="C.UTF-8"), **more)
        if result.status is None:  # what hangs goes away with its container; the next check starts another
            self.until.close()
            self.service = None
        return judge(check, result)


def make(spec, directory, lowers, config, only=None):
    """Makes the checks of SPEC on the layers LOWERS; DIRECTORY is for what runs. Yields (name, "" or the reason)."""
    with container.Engine(directory, lowers, config, spec["run"].get("env") or {}) as engine, \
            contextlib.ExitStack() as until:
        stack = _Stack(spec, engine, until)
        for check in spec["checks"]:
            if not only or check["name"] in only:
                yield check["name"], stack.one(check)
