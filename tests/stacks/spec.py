"""Reads specs: one YAML file per stack (README.md has the format), checked before anything is built."""
import os
import re

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = {"name", "about", "packages", "recommends", "files", "setup", "config", "build", "run", "checks"}
CONFIG_KEYS = {"Env", "Entrypoint", "Cmd", "User", "WorkingDir", "ExposedPorts", "Volumes", "Labels", "StopSignal"}
RUN_KEYS = {"env", "service", "ready"}
READY_KEYS = {"tcp", "exec", "log", "timeout"}
CHECK_KEYS = {"name", "run", "entrypoint", "exec", "shell", "stdin", "files", "status", "out", "timeout"}


class SpecError(Exception):
    """What is wrong in a spec, with its name."""


def words(value, where):
    """VALUE, which must be a list, as a list of strings."""
    if not isinstance(value, list):
        raise SpecError("%s is not a list" % where)
    return [item if isinstance(item, str) else str(item) for item in value]


def _known(mapping, keys, where):
    if not isinstance(mapping, dict):
        raise SpecError("%s is not a mapping" % where)
    unknown = sorted(set(map(str, mapping)) - keys)
    if unknown:
        raise SpecError("%s has the unknown key %s" % (where, ", ".join(unknown)))


def _files(files, where):
    """{path: (mode, text)} of a mapping of paths to a text, or to a mode and a text."""
    found = {}
    if not isinstance(files, dict):
        raise SpecError("%s is not a mapping" % where)
    for path, value in files.items():
        if not isinstance(value, dict):
            value = {"text": value}
        _known(value, {"mode", "text"}, "%s: %s" % (where, path))
        mode = value.get("mode", 0o644)
        if not isinstance(mode, int):
            mode = int(str(mode), 8)
        found[path] = (mode, str(value.get("text", "")))
    return found


def _check(check, n, service):
    where = "check %d" % n
    _known(check, CHECK_KEYS, where)
    where = "%s (%s)" % (where, check.get("name"))
    if not check.get("name") or not check.get("out"):
        raise SpecError("%s has no name, or no out" % where)
    try:
        check["out"] = re.compile(str(check["out"]), re.S | re.M)
    except re.error as e:
        raise SpecError("%s: out is not a regular expression: %s" % (where, e))
    kinds = [kind for kind in ("exec", "shell") if kind in check]
    if "run" in check or "entrypoint" in check:
        kinds.append("run")
    if len(kinds) != 1:
        raise SpecError("%s needs one of run (or entrypoint), exec and shell" % where)
    check["kind"] = kinds[0]
    if kinds[0] != "run" and not service:
        raise SpecError("%s uses %s, but the stack is not a service" % (where, kinds[0]))
    for key in ("run", "entrypoint", "exec"):
        if key in check:
            check[key] = words(check[key], "%s: %s" % (where, key))
    check["files"] = _files(check.get("files") or {}, "%s: files" % where)
    check.setdefault("status", 0)
    check.setdefault("timeout", 60)
    check.setdefault("stdin", None)


def load(name, specs):
    """The spec NAME of the directory SPECS, with every default filled in."""
    path = os.path.join(specs, name + ".yaml")
    try:
        with open(path) as f:
            spec = yaml.safe_load(f)
    except (OSError, yaml.YAMLError) as e:
        raise SpecError("%s: %s" % (path, e))
    try:
        _known(spec, KEYS, "the spec")
        if spec.get("name") != name:
            raise SpecError("name is not %s" % name)
        spec["packages"] = words(spec.get("packages", []), "packages")
        spec["files"] = _files(spec.get("files") or {}, "files")
        for key, default in (("recommends", False), ("setup", ""), ("config", {}), ("build", []), ("run", {}),
                             ("about", "")):
            spec[key] = spec.get(key) or default
        spec["build"] = words(spec["build"], "build")
        _known(spec["config"], CONFIG_KEYS, "config")
        for key in ("Env", "Entrypoint", "Cmd", "ExposedPorts", "Volumes"):
            if key in spec["config"]:
                spec["config"][key] = words(spec["config"][key], "config: " + key)
        _known(spec["run"], RUN_KEYS, "run")
        _known(spec["run"].get("ready") or {}, READY_KEYS, "run: ready")
        checks = spec.get("checks")
        if not isinstance(checks, list) or not checks:
            raise SpecError("no checks")
        for n, check in enumerate(checks, 1):
            _check(check, n, spec["run"].get("service"))
        if len({check["name"] for check in checks}) != len(checks):
            raise SpecError("two checks have the same name")
    except SpecError as e:
        raise SpecError("%s: %s" % (path, e))
    return spec


def names(specs):
    """The names of all specs of the directory SPECS."""
    return sorted(f[:-5] for f in os.listdir(specs) if f.endswith(".yaml"))
