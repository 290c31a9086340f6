"""A service's own tests, as coverage.py hands them to slim: the checks of a spec that go over the network.

  suite.py CORPUS SPEC LOG       in --host-exec; exit status 1 if one fails

The first run writes LOG: a line of JSON for each request, [method, port, path, status]; a command of another protocol
than HTTP is a method without a path. Later runs, which verify the result, leave it alone."""
import contextlib
import json
import os
import sys

sys.dont_write_bytecode = True
import measure

NETWORK = ("http", "tcp")


def target(checker, spec, address, log):
    class Logged(checker.Target):
        def http(self, step, **more):
            response, body = super().http(step, **more)
            note(step.get("method", "GET"), step, step["path"], response.status)
            return response, body

        def do_tcp(self, step):
            super().do_tcp(step)
            note(step["send"].split()[0].split("\\")[0], step, None, 0)

    def note(method, step, path, status):
        log.write(json.dumps([method, step.get("port", spec["ports"][0]), path, status]) + "\n")
    return Logged(spec, address)


def main():
    folder, spec_path, log_path = sys.argv[1:]
    checker = measure.load_checker(folder)
    with open(spec_path) as f:
        spec = json.load(f)
    failed = 0
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(open(os.devnull if os.path.exists(log_path) else log_path, "w"))
        asks = target(checker, spec, os.environ["SLIM_TARGET_HOST"], log)
        for check in spec["checks"]:
            if check["type"] not in NETWORK:
                continue
            try:
                getattr(asks, "do_" + check["type"])(check)
            except checker.Fail as failure:
                failed += 1
                print("%s: %s" % (check["id"], failure), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
