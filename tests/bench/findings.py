#!/usr/bin/python3
"""findings.py SLIM CORPUS [IMAGE...] : whether slim inspect finds in the images of the corpus what a person listed here, and
nothing else. CORPUS is a folder whose oci/NAME are layouts with the tag fat; images that are not there are left out.

The lists were written from the scripts that build the images: what each step installs, copies, removes and leaves behind. A
finding is its rule, its layer from 1 (0 = none) and its path, or its name, or nothing."""
import json
import os
import subprocess
import sys

BASE = [  # Debian's minbase, without apt's lists
    ("setuid-program", 1, "/usr/bin"), ("setgid-program", 1, "/usr"), ("heavy-base", 1, ""), ("build-tools", 1, ""),
    ("documentation", 1, "/usr/share")]
DEBCONF = [("package-leftovers", 1, "/var/cache/debconf")]  # unless the second layer writes it, too


def packages(layer, documentation="/usr/share"):
    """A step that installs packages: dpkg's and debconf's old files, ldconfig's cache, documentation."""
    return [("package-leftovers", layer, "/var"), ("documentation", layer, documentation)]


ROOT = [("root-user", 0, "")]
HOME = "/root"
EXPECTED = {
    "busybox": [],
    # the password of the site's user is in a file, and in the command that writes it
    "nginx": BASE + packages(2) + ROOT + [("htpasswd", 4, "/etc/nginx/htpasswd"), ("htpasswd-line", 4, "")],
    "redis": BASE + DEBCONF + [("package-leftovers", 2, "/var")] + ROOT,
    # a certificate is made in a step, and its key stays
    "py-flask": BASE + DEBCONF + packages(2) + [("private-key-pkcs8", 4, "/srv/app/tls/server.key")],
    "node-express": BASE + DEBCONF + packages(2),
    # Debian's JRE has the signatures that only javac reads, and its licenses in its own tree
    "java-http": BASE + packages(2, "/usr") + ROOT + [("jdk-parts", 2, "/usr/lib/jvm/java-17-openjdk-amd64/lib/ct.sym")],
    # compilers stay beside a program that they built, which is not stripped and has a setuid neighbour
    "c-static": BASE + DEBCONF + packages(2) + [
        ("build-tools", 2, ""), ("debug-symbols", 4, "/usr/local/bin/server"), ("setuid-program", 4, "/usr/local/bin/suidother")],
    # a program outside of any package, which nobody stripped, beside the compilers that built it
    "go-static": BASE + DEBCONF + packages(2) + ROOT + [("build-tools", 2, ""), ("debug-symbols", 4, "/usr/local/bin/server")],
    "rust-http": BASE + DEBCONF + packages(2) + [("build-tools", 2, ""), ("debug-symbols", 4, "/usr/local/bin/server")],
    # its JRE as in java-http; the user owns the application through a chown of some small files
    "java-tomcat": BASE + packages(2, "/usr") + [("jdk-parts", 2, "/usr/lib/jvm/java-17-openjdk-amd64/lib/ct.sym")],
    "cli-magick": BASE + packages(2) + ROOT,
    "cli-git": BASE + DEBCONF + packages(2) + ROOT,
    # their packages have little documentation: less than is worth a finding
    "memcached": BASE + DEBCONF + [("package-leftovers", 2, "/var")],
    "haproxy": BASE + DEBCONF + [("package-leftovers", 2, "/var"), ("private-key-pkcs8", 4, "/etc/haproxy/cert.pem")],
    # FROM golang, naively: git and ssh, compilers, GOROOT, .git, the build's cache, an unstripped program, a key. Go's own
    # sources have keys in their tests and examples, which are no secrets.
    "seed-go": BASE + DEBCONF + packages(3) + ROOT + [
        ("documentation", 2, "/usr/share"), ("setuid-program", 2, "/usr/lib/openssh/ssh-keysign"),
        ("setgid-program", 2, "/usr/bin/ssh-agent"), ("build-tools", 3, ""), ("build-tools", 4, "/usr/local/go"),
        ("build-context", 5, "/app"), ("go-cache", 6, HOME + "/.cache/go-build"), ("debug-symbols", 6, "/app/main"),
        ("private-key-pkcs8", 7, "/app/certs/server.key")],
    # FROM maven and temurin, naively: git and ssh, sources of locales, a JDK with its manuals, maven, its repository, .git
    "seed-java": BASE + packages(3) + ROOT + [
        ("documentation", 2, "/usr/share"), ("setuid-program", 2, "/usr/lib/openssh/ssh-keysign"),
        ("setgid-program", 2, "/usr/bin/ssh-agent"), ("locale-sources", 3, "/usr/share/i18n"),
        ("jdk-parts", 4, "/opt/java/openjdk"), ("documentation", 4, "/opt/java/openjdk"),
        ("build-tools", 5, "/usr/share/maven"), ("java-cache", 5, HOME + "/.m2/repository"), ("build-context", 6, "/app")],
    # FROM node, naively: build-essential, git and ssh of buildpack-deps; .git, a key, npm's cache and devDependencies
    "seed-node": BASE + DEBCONF + packages(3) + ROOT + [
        ("documentation", 2, "/usr/share"), ("setuid-program", 2, "/usr/lib/openssh/ssh-keysign"),
        ("setgid-program", 2, "/usr/bin/ssh-agent"), ("build-tools", 3, ""), ("headers", 5, "/usr/local/include"),
        ("build-tools", 5, "/usr/local/lib/node_modules/npm"), ("debug-symbols", 5, "/usr/local/bin/node"),
        ("build-tools", 6, "/opt/yarn-v1.22.22"), ("private-key-pkcs8", 7, "/app/certs/dev.key"), ("build-context", 7, "/app"),
        ("npm-cache", 8, HOME + "/.npm"), ("development-packages", 8, "")],
}


def found(slim, reference):
    done = subprocess.run([slim, "inspect", "--json", reference], stdout=subprocess.PIPE, check=True)
    return sorted((f["rule"], f["layer"] or 0, f["path"] or "") for f in json.loads(done.stdout)["findings"])


def main(slim, corpus, *names):
    wrong = 0
    for name in names or sorted(EXPECTED):
        layout = os.path.join(corpus, "oci", name)
        if not os.path.isdir(layout):
            print("%-14s not built" % name)
            continue
        have, want = found(slim, "oci:%s:fat" % layout), sorted(EXPECTED[name])
        lacks, more = [f for f in want if f not in have], [f for f in have if f not in want]
        wrong += have != want
        print("%-14s %s" % (name, "%d findings, as listed" % len(have) if have == want else "differs"))
        for f in lacks:
            print("    not found: %s, layer %d %s" % f)
        for f in more:
            print("    not listed: %s, layer %d %s" % f)
    return wrong > 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
