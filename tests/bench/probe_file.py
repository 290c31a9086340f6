#!/usr/bin/python3
"""Writes the probe of a spec of the corpus as a probe file, slim-probe(5).

  probe_file.py SPEC > FILE

Its steps crawl, http and tcp become requests; run and exec are options of slim (--run, --exec), and left out. JSON is
YAML, so it is JSON."""
import base64
import json
import os
import re
import sys

LEFT_OUT = ("run", "exec")
COPIED = ("headers", "json", "form", "port", "timeout")


def texts(step, key):
    value = step.get(key, [])
    return [value] if isinstance(value, str) else value


def patterns(step):
    """POSIX's extended regular expressions: those of the specs mean the same there."""
    return [re.sub(r"([][\\.*^$+?(){}|])", r"\\\1", text) for text in texts(step, "contains")] + texts(step, "regex")


def tcp_request(step, spec):
    sent = step["send"].encode().decode("unicode_escape").encode("latin-1")
    request = {"tcp": step.get("port", spec["ports"][0])}
    if b"\0" in sent or not sent.isascii():
        request["body_base64"] = base64.b64encode(sent).decode()
    else:
        request["body"] = sent.decode()
    return request, texts(step, "until") + patterns(step)


def http_request(step):
    request = {"method": step.get("method", "GET"), "path": step["path"]}
    request.update({key: step[key] for key in COPIED if key in step})
    filler = re.fullmatch(r"@(\d+)k", step.get("body", ""))  # "@64k": that many kilobytes
    if "body" in step:
        request["body"] = "0123456789abcdef" * 64 * int(filler[1]) if filler else step["body"]
    return request, patterns(step)


def request_of(step, spec):
    if step["type"] == "crawl":
        return {"get": step.get("path", "/"), "crawl": True}
    if step["type"] not in ("tcp", "http"):
        raise SystemExit("%s: a probe file has no %s" % (spec["name"], step["type"]))
    request, body = tcp_request(step, spec) if step["type"] == "tcp" else http_request(step)
    expected = {} if step["type"] == "tcp" else {"status": step.get("status", 200)}
    if body:
        expected["body"] = body
    if step.get("header"):
        expected["headers"] = step["header"]
    if texts(step, "not_contains"):
        expected["not"] = {"body": patterns({"contains": texts(step, "not_contains")})}
    return dict(request, expect=expected) if expected else request


def probe_file(spec):
    """None: all of its steps are options."""
    requests = [request_of(step, spec) for step in spec.get("probe", []) if step["type"] not in LEFT_OUT]
    return {"schema": "slim.probe/v1", "name": spec["name"], "requests": requests} if requests else None


def options(spec, folder):
    """slim's options for the probe, whose file is written to the folder."""
    out, file = [], probe_file(spec)
    if file:
        path = os.path.join(folder, "probe.yaml")
        with open(path, "w") as f:
            json.dump(file, f, indent=1)
        out = ["--probe-file", path]
    for step in spec.get("probe", []):
        if step["type"] in LEFT_OUT:
            out += ["--" + step["type"], json.dumps(step.get("cmd", []))]
    return out


if __name__ == "__main__":
    with open(sys.argv[1]) as spec_file:
        print(json.dumps(probe_file(json.load(spec_file)), indent=1))
