"""Compose files: Debian's docker-compose is the judge of what slim reads in them, service by service."""
import json
import os
import re
import shlex
import subprocess

import pytest
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLIM = os.path.abspath(os.environ.get("SLIM", os.path.join(ROOT, "build", "cmd", "slim")))
PRINT = os.path.join(os.path.dirname(SLIM), "..", "tests", "unit", "compose-print")

# Files, options of both programs, and variables.
CASES = {
    "a web service and its database": ({"docker-compose.yml": """
version: "3.8"
services:
  web:
    image: nginx:1.25
    ports: ["8080:80", "443"]
    volumes: ["./html:/usr/share/nginx/html:ro", "cache:/var/cache/nginx", /anonymous]
    environment: [A=1, "B=two words", C=]
    command: nginx -g 'daemon off;'
    depends_on: [db]
  db:
    image: postgres:15
    environment: {POSTGRES_PASSWORD: secret, POSTGRES_DB: shop}
    volumes: ["data:/var/lib/postgresql/data"]
volumes: {cache: , data: }
"""}, [], {}),
    "variables and .env": ({"docker-compose.yml": """
version: "3.8"
services:
  web:
    image: "web:${TAG:-none}"
    command: ["echo", "$$HOME", "${NAME-x}", "${EMPTY:-e}", "${EMPTY-e}", "pre${NAME}post"]
    environment: {TAG: "${TAG}", FROM_SHELL: , UNSET: }
    ports: ["${PORT}:80"]
""", ".env": "TAG=file\nNAME=\"a b\"\nEMPTY=\nPORT=8000\n"}, [], {"TAG": "shell", "FROM_SHELL": "s"}),
    "ports": ({"docker-compose.yml": """
version: "3.8"
services:
  web:
    image: i
    ports:
      - "3000"
      - "3001-3003"
      - "8000:8000"
      - "9090-9091:8080-8081"
      - "127.0.0.1:8001:8001"
      - "127.0.0.1:5000-5002:5000-5002/udp"
      - "127.0.0.1::6000"
      - "6060:6060/udp"
      - target: 80
        published: 8088
        protocol: tcp
        mode: host
      - target: 81
    expose: ["70", 71]
"""}, [], {}),
    "volumes": ({"docker-compose.yml": """
version: "3.8"
services:
  web:
    image: i
    volumes:
      - /a
      - /abs:/b
      - ./rel/../other:/c:ro
      - data:/d
      - data:/e:ro
      - type: bind
        source: ./long
        target: /f
        read_only: true
      - type: volume
        source: data
        target: /g
        volume: {nocopy: true}
      - type: tmpfs
        target: /h
    tmpfs: [/run, "/tmp:size=1m"]
volumes: {data: {}}
"""}, [], {}),
    "networks": ({"docker-compose.yml": """
version: "3.8"
services:
  front: {image: i, networks: [outer]}
  web:
    image: i
    networks:
      outer: {aliases: [w, www]}
      inner: {ipv4_address: 172.28.0.5}
  db: {image: i, networks: {inner: , default: }}
  alone: {image: i}
  host: {image: i, network_mode: host}
networks:
  outer: {}
  inner: {internal: true, ipam: {config: [{subnet: 172.28.0.0/16}]}}
"""}, [], {}),
    "dependencies": ({"docker-compose.yml": """
version: "3.8"
services:
  a: {image: i, depends_on: {b: {condition: service_healthy}, c: {condition: service_completed_successfully}}}
  b: {image: i, healthcheck: {test: "curl -f http://localhost/", interval: 1m30s, timeout: 10s, retries: 3}}
  c: {image: i, healthcheck: {test: [CMD, /check, "a b"], start_period: 2h5m}}
  d: {image: i, links: ["b:database", c], healthcheck: {disable: true}}
  e: {image: i, network_mode: "service:a"}
"""}, [], {}),
    "several files": ({"docker-compose.yml": """
version: "3.8"
services:
  web:
    image: one
    command: [a, b]
    entrypoint: /one
    environment: [A=1, B=2]
    ports: ["80:80"]
    volumes: ["./x:/x", "./y:/y"]
    expose: ["1"]
    hostname: h
    networks: [n]
networks: {n: , m: }
""", "other.yml": """
version: "3.8"
services:
  web:
    image: two
    command: c d
    environment: {B: 3, C: 4}
    ports: ["80:80", "81:81"]
    volumes: ["./z:/x:ro"]
    expose: ["1", "2"]
    networks: {m: {aliases: [z]}}
  more: {image: three}
"""}, ["-f", "docker-compose.yml", "-f", "other.yml"], {}),
    "an override file": ({"docker-compose.yml": "version: '3.8'\nservices: {web: {image: i, user: '1'}}\n",
                          "docker-compose.override.yml":
                          "version: '3.8'\nservices: {web: {user: '2', working_dir: /w}}\n"}, [], {}),
    "extends": ({"docker-compose.yml": """
version: "3.8"
services:
  web:
    extends: {file: sub/common.yml, service: app}
    environment: [MODE=web]
    ports: ["80:80"]
  worker:
    extends: web
    command: work
""", "sub/common.yml": """
version: "3.8"
services:
  base: {image: base, volumes: ["./data:/data"], environment: {MODE: base, LEVEL: 1}}
  app: {extends: {service: base}, user: app}
"""}, [], {}),
    "env_file": ({"docker-compose.yml": """
version: "3.8"
services:
  web: {image: i, env_file: [a.env, b.env], environment: {C: 9}}
  db: {image: i, env_file: a.env}
""", "a.env": "# comment\n\nA=1\nB=two words\nC='quoted # text'\nD=\"double\"\n", "b.env": "B=3 # comment\nE=x=y\n"}, [], {}),
    "anchors": ({"docker-compose.yml": """
version: "3.8"
x-logging: &l {driver: json-file}
x-common: &c
  restart: unless-stopped
  environment: &e {A: 1}
  logging: *l
services:
  a: {<<: *c, image: i}
  b:
    <<: *c
    image: j
    environment: {<<: *e, B: "yes"}
"""}, [], {}),
    "what a container may do": ({"docker-compose.yml": """
version: "3.8"
services:
  a:
    image: i
    entrypoint: ["/e", "x y"]
    user: "1000:1000"
    working_dir: /srv
    hostname: h
    read_only: true
    init: true
    privileged: true
    tty: true
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    dns: [1.1.1.1]
    extra_hosts: ["somehost:162.242.195.82", "other:50.31.209.229"]
    security_opt: ["seccomp:unconfined"]
    sysctls: {net.core.somaxconn: 1024}
    ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}}
    stop_signal: SIGUSR1
    stop_grace_period: 1m30s
    restart: on-failure:5
    shm_size: 64m
"""}, [], {}),
    "profiles": ({"docker-compose.yml": """
version: "3.8"
services:
  always: {image: i}
  debug: {image: i, profiles: [debug], depends_on: [always]}
"""}, ["--profile", "debug"], {}),
    "build": ({"docker-compose.yml": """
version: "3.8"
services:
  a: {build: ., image: mine}
  b: {build: {context: ./dir, dockerfile: Other, target: t, args: {A: 1, B: two}}}
""", "dir/Other": "FROM scratch"}, [], {}),
}


def run(program, folder, options, variables, *more):
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    done = subprocess.run([program, *options, *more], cwd=folder, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def undollar(value):
    """docker-compose prints a file that it could read again."""
    if isinstance(value, dict):
        return {k: undollar(v) for k, v in value.items()}
    if isinstance(value, list):
        return [undollar(v) for v in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


def words(value):
    return shlex.split(value) if isinstance(value, str) else value and [str(word) for word in value]


def milliseconds(text):
    units = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)(ms|[smh])", text or ""))


def size(text):
    return int(text[:-1]) * 1024 ** ("kmg".index(text[-1]) + 1) if text else 0


def pairs(value):
    return {item.split("=", 1)[0]: item.split("=", 1)[1] for item in value} if isinstance(value, list) else \
        {k: v if v is None else str(v) for k, v in (value or {}).items()}


def their_port(port):
    if not isinstance(port, dict):
        return str(port)[:-4] if str(port).endswith("/tcp") else str(port)
    ending = "/" + port["protocol"] if port.get("protocol", "tcp") != "tcp" else ""
    return ("%s:" % port["published"] if port.get("published") else "") + str(port["target"]) + ending


def their_mount(mount):
    if isinstance(mount, dict):
        return (mount["target"], mount["type"], mount.get("source"), mount.get("read_only", False))
    parts = mount.split(":")
    if len(parts) == 1:
        return (mount, "volume", None, False)
    return (parts[1], "bind" if parts[0][0] == "/" else "volume", parts[0], parts[2:] == ["ro"])


def their_dependencies(service):
    named = service.get("depends_on", {})
    found = {name: "service_started" for name in named} if isinstance(named, list) else \
        {name: value["condition"] for name, value in named.items()}
    implied = [link.split(":")[0] for link in service.get("links", [])]
    mode = service.get("network_mode", "")
    implied += [mode[len("service:"):]] if mode.startswith("service:") else []
    return {**{name: "service_started" for name in implied}, **found}


def their_networks(service):
    named = service.get("networks") or {}
    named = {name: {} for name in named} if isinstance(named, list) else named
    found = {name: (sorted((value or {}).get("aliases", [])), (value or {}).get("ipv4_address"))
             for name, value in named.items()}
    return found if found or service.get("network_mode") else {"default": ([], None)}


def their_healthcheck(service):
    check = service.get("healthcheck")
    if not check:
        return None
    test = check.get("test", [])
    disabled = check.get("disable", False) or test == ["NONE"]
    test = ["CMD-SHELL", test] if isinstance(test, str) else [str(word) for word in test]
    return {"test": [] if disabled else test, "disabled": disabled,
            **{key: milliseconds(check.get(key)) for key in ("interval", "timeout", "start_period")},
            "retries": check.get("retries", 0)}


def their_build(service):
    build = service.get("build")
    return build and (build["context"], build.get("dockerfile"), build.get("target"), pairs(build.get("args")))


def theirs(service):
    """A service of `docker-compose config` in the form that both are compared in."""
    tmpfs = service.get("tmpfs", [])
    limits = service.get("ulimits", {})
    return {
        "image": service.get("image"), "command": words(service.get("command")),
        "entrypoint": words(service.get("entrypoint")), "environment": pairs(service.get("environment")),
        "ports": sorted(their_port(port) for port in service.get("ports", [])),
        "expose": sorted(str(port) for port in service.get("expose", [])),
        "mounts": sorted([their_mount(mount) for mount in service.get("volumes", [])] +
                         [(text.split(":")[0], "tmpfs", None, False) for text in
                          ([tmpfs] if isinstance(tmpfs, str) else tmpfs)]),
        "networks": their_networks(service), "network_mode": service.get("network_mode"),
        "depends_on": their_dependencies(service), "healthcheck": their_healthcheck(service),
        "build": their_build(service),
        "ulimits": {name: (v["soft"], v["hard"]) if isinstance(v, dict) else (v, v) for name, v in limits.items()},
        "extra_hosts": sorted("%s:%s" % item for item in pairs(service.get("extra_hosts")).items())
        if isinstance(service.get("extra_hosts"), dict) else sorted(service.get("extra_hosts", [])),
        "stop_grace": milliseconds(service.get("stop_grace_period")), "shm": size(service.get("shm_size")),
        "sysctls": pairs(service.get("sysctls")),
        "texts": [service.get(key) for key in ("user", "working_dir", "hostname", "stop_signal")],
        "flags": [service.get(key, False) for key in ("read_only", "init", "privileged")],
        "lists": [service.get(key, []) for key in ("cap_add", "cap_drop", "dns", "security_opt")],
    }


def own_healthcheck(check):
    check = check and {**check, "test": [] if check["disabled"] else check["test"]}
    return check and {key: check[key] for key in ("test", "disabled", "interval", "timeout", "start_period", "retries")}


def own(service):
    """The same of a service as slim has it."""
    build = service["build"]
    return {
        "image": service["image"], "command": service["command"], "entrypoint": service["entrypoint"],
        "environment": {item.split("=", 1)[0]: item.split("=", 1)[1] if "=" in item else None
                        for item in service["environment"]},
        "ports": sorted(service["ports"]), "expose": sorted(service["expose"]),
        "mounts": sorted((m["target"], m["type"], m["source"], m["read_only"]) for m in service["mounts"]),
        "networks": {name: (sorted(v["aliases"]), v["ipv4"]) for name, v in service["networks"].items()},
        "network_mode": service["network_mode"],
        "depends_on": {name: v["condition"] for name, v in service["depends_on"].items()},
        "healthcheck": own_healthcheck(service["healthcheck"]),
        "build": build and (build["context"], build["dockerfile"], build["target"], pairs(build["args"])),
        "ulimits": {name: (v["soft"], v["hard"]) for name, v in service["ulimits"].items()},
        "extra_hosts": sorted(service["extra_hosts"]), "stop_grace": service["stop_grace"],
        "shm": service["shm_bytes"], "sysctls": pairs(service["sysctls"]),
        "texts": [service[key] for key in ("user", "working_dir", "hostname", "stop_signal")],
        "flags": [service[key] for key in ("read_only", "init", "privileged")],
        "lists": [service[key] for key in ("cap_add", "cap_drop", "dns", "security_opt")],
    }


@pytest.mark.needs("docker-compose")
@pytest.mark.parametrize("case", CASES)
def test_as_docker_compose(tmp_path, case):
    files, options, variables = CASES[case]
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    judged = undollar(yaml.safe_load(run("docker-compose", tmp_path, options, variables, "config")))
    read = json.loads(run(PRINT, tmp_path, options, variables))
    assert {s for s, v in read["services"].items() if v["enabled"]} == set(judged["services"])
    for name, service in judged["services"].items():
        assert own(read["services"][name]) == theirs(service), name
    assert {name for name in read["networks"] if name != "default"} == \
        {name for name in judged.get("networks", {}) if name != "default"}
    assert set(read["volumes"]) == set(judged.get("volumes", {}))


def refused(folder, text):
    (folder / "compose.yaml").write_text(text)
    done = subprocess.run([PRINT], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and not done.stdout
    return done.stderr


def test_hostile_files(tmp_path):
    """A file that grows without end, and one that is a device, cost neither time nor memory."""
    bomb = "x-0: &a0 {a: b}\n" + "".join(
        "x-%d: &a%d {%s}\n" % (n, n, ", ".join("k%d: *a%d" % (k, n - 1) for k in range(10))) for n in range(1, 9))
    assert "yaml-too-large" in refused(tmp_path, bomb + "services: {a: {image: i, environment: *a8}}\n")
    assert "compose-circle" in refused(tmp_path, "include: [compose.yaml]\nservices: {a: {image: i}}\n")
    assert "not a regular file" in refused(tmp_path, "services: {a: {image: i, env_file: /dev/zero}}\n")
    assert "compose-too-large" in refused(
        tmp_path, "services:\n" + "".join("  a%d: {image: i}\n" % n for n in range(300)))
    assert "compose-too-large" in refused(tmp_path, "services: {a: {image: '%s'}}\n" % ("${A-" * 20 + "}" * 20))
