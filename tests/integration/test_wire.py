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
DATABASES = ["postgresql", "mariadb-server"]
START_DATABASES = """#!/bin/sh
set -e
mkdir -p /run/mysqld /run/postgresql
chown mysql /run/mysqld
chown postgres /run/postgresql
cd /
cat > /tmp/init.sql <<END
CREATE USER me@'%' IDENTIFIED BY 'sesam';
GRANT ALL ON *.* TO me@'%';
CREATE DATABASE base;
END
mariadbd --user=mysql --bind-address=127.0.0.1 --init-file=/tmp/init.sql &
data=$(echo /var/lib/postgresql/*/main) config=$(echo /etc/postgresql/*/main) bin=$(echo /usr/lib/postgresql/*/bin)
cat > "$config/pg_hba.conf" <<END
host all trusted 127.0.0.1/32 trust
host all clear 127.0.0.1/32 password
host all hashed 127.0.0.1/32 md5
host all all 127.0.0.1/32 scram-sha-256
local all all trust
END
sql() { echo "$1" | setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" --single -D "$data" -c config_file="$config/postgresql.conf" postgres; }
sql "CREATE ROLE trusted SUPERUSER LOGIN"
sql "CREATE ROLE clear LOGIN PASSWORD 'sesam'"
sql "SET password_encryption = md5; CREATE ROLE hashed LOGIN PASSWORD 'sesam'"
sql "CREATE ROLE scram LOGIN PASSWORD 'sesam'"
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" -D "$data" -c config_file="$config/postgresql.conf" -c ssl=off
"""
CONFIG = {"Cmd": ["/srv/start"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}


@pytest.fixture
def services(images):
    return images.of_packages("services", SERVICES, {"srv/start": START}, CONFIG)


@pytest.fixture
def databases(images):
    return images.of_packages("databases", DATABASES, {"srv/start": START_DATABASES}, CONFIG)


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


def test_databases(slim, databases, tmp_path):
    done = steps(slim, databases, tmp_path, "--client", "postgresql,user=trusted,database=postgres",
                 "--client", "postgresql,user=clear,password=sesam,database=postgres",
                 "--client", "postgresql,user=hashed,password=sesam,database=postgres",
                 "--client", "postgresql,user=scram,password=sesam,database=postgres",
                 "--client", "mysql,user=me,password=sesam", "--client", "mysql,user=me,password=sesam,database=base")
    answered(done, "postgresql login", "postgresql CREATE TABLE", "postgresql INSERT", "postgresql SELECT",
             "postgresql DROP TABLE", "mysql login", "mysql SELECT version", "mysql CREATE DATABASE",
             "mysql CREATE TABLE", "mysql INSERT", "mysql SELECT", "mysql DROP DATABASE")
