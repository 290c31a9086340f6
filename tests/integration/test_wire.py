"""Real services that speak no HTTP, driven without a client program. One image has several of them, as a script starts
them all."""
import pytest

pytestmark = pytest.mark.needs("root", "runc")

SERVICES = ["redis-server", "memcached", "mosquitto", "php-fpm", "python3-aiosmtpd", "python3-websockets",
            "python3-grpcio"]
START = """#!/bin/sh
redis-server --port 6379 --unixsocket /run/redis.sock --requirepass sesam --save '' --daemonize no &
memcached -u nobody -l 127.0.0.1 &
wait
"""
CONFIG = {"Cmd": ["/srv/start"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}


@pytest.fixture
def services(images):
    return images.of_packages("services", SERVICES, {"srv/start": START}, CONFIG)


def steps(slim, reference, tmp_path, *options):
    """{what: step} of the build's first run."""
    report = slim.build(reference, "oci:%s:slim" % (tmp_path / "out"), "--http-probe=false", "--verify=off", *options)
    return {s["what"]: s for s in report["runs"][0]["steps"]}


def answered(done, *names):
    assert [done[name]["status"] for name in names] == [0] * len(names), done


def test_small_services(slim, services, tmp_path):
    done = steps(slim, services, tmp_path, "--client", "redis,password=sesam,database=1", "--client", "memcached",
                 "--tcp", "6379:PING\\r\\n/-NOAUTH", "--unix", "/run/redis.sock:AUTH sesam\\r\\nPING\\r\\n/PONG",
                 "--client", "redis,socket=/run/redis.sock,password=sesam")
    answered(done, "redis AUTH", "redis SELECT", "redis PING", "redis SET", "redis GET", "redis DEL", "redis INFO",
             "redis QUIT", "memcached set", "memcached get", "memcached delete", "memcached stats",
             "PING\\r\\n/-NOAUTH", "/run/redis.sock:AUTH sesam\\r\\nPING\\r\\n/PONG")


def test_a_wrong_password_fails_the_build(slim, services, tmp_path):
    slim.fails("build", services, "-o", "oci:%s:slim" % (tmp_path / "out"), "--store", slim.store, "--http-probe=false",
               "--client", "redis,password=wrong", status=3, code="client-refused", names="redis AUTH on port 6379")
    assert not (tmp_path / "out").exists()
