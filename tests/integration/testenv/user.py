"""An ordinary user with subordinate ids, made for the test, and slim run by them."""
import os
import shutil
import subprocess
import tempfile

from testenv import machine
from testenv.slim import Slim

IDS = 65536


def free_ids():
    """Returns the start of a range behind all assigned ranges."""
    end = 200000
    for name in ("/etc/subuid", "/etc/subgid"):
        before = os.umask(0o022)  # slim reads them as the user
        with open(name, "a+") as f:  # usermod needs these files
            os.umask(before)
            f.seek(0)
            for line in f:
                fields = line.strip().split(":")
                if len(fields) == 3 and fields[1].isdigit() and fields[2].isdigit():
                    end = max(end, int(fields[1]) + int(fields[2]))
    return end


class User:
    """The account, and a directory that it can access, because only root can access pytest's."""

    def __init__(self, program, subids=True):
        self.name = "slim-test-%s%d" % ("" if subids else "no", os.getpid())
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", self.name], check=True)
        self.home = tempfile.mkdtemp(prefix="slim-test-user-", dir="/var/tmp")
        try:
            if subids:
                with machine.lock("subids"):
                    start = free_ids()
                    ids = "%d-%d" % (start, start + IDS - 1)
                    subprocess.run(["usermod", "--add-subuids", ids, "--add-subgids", ids, self.name], check=True)
            os.chmod(self.home, 0o755)
            self.program = shutil.copy(program, self.home)
            self.own(self.home)
        except BaseException:
            self.remove()
            raise

    def remove(self):
        """Removes the account and its lines of /etc/subuid and /etc/subgid."""
        shutil.rmtree(self.home, ignore_errors=True)
        subprocess.run(["userdel", self.name], check=True, stderr=subprocess.DEVNULL)

    def prefix(self):
        return ["setpriv", "--reuid", self.name, "--regid", self.name, "--init-groups"]

    def own(self, path):
        subprocess.run(["chown", "-R", "%s:%s" % (self.name, self.name), path], check=True)

    def copy(self, reference, directory):
        """An oci: layout, readable for the user."""
        _, layout, tag = reference.split(":")
        to = os.path.join(directory, os.path.basename(layout))
        if not os.path.exists(to):
            shutil.copytree(layout, to)
            self.own(to)
        return "oci:%s:%s" % (to, tag)


class UserSlim(Slim):
    """Everything in a new directory of the user's, which is also the working directory."""

    def __init__(self, user):
        self.user = user
        directory = tempfile.mkdtemp(prefix="run-", dir=user.home)
        super().__init__(user.program, directory)
        os.makedirs(os.path.join(self.store, "runs"), mode=0o700)
        user.own(directory)

    def start(self, *args, env=None, prefix=(), **more):
        own = dict({"HOME": self.directory}, **(env or {}))
        return super().start(*args, env=own, prefix=self.user.prefix() + list(prefix), **dict({"cwd": self.directory}, **more))

    def foreign(self):
        """Returns the files outside of the store that do not belong to the user."""
        uid = os.stat(self.directory).st_uid
        found = (os.path.join(folder, name) for folder, folders, files in os.walk(self.directory)
                 if not (folder + "/").startswith(self.store + "/") for name in folders + files)
        return [path for path in found if os.lstat(path).st_uid != uid]
