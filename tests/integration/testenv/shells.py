"""Shells that complete a command line: bash and zsh at a terminal of their own, and fish, which lists candidates."""
import os
import pty
import re
import select
import signal
import subprocess
import time

SECONDS = 60  # a shell that hangs is a failure


class Terminal:
    """A shell on a terminal. It inserts all candidates of a line, and prints the words of the line then."""

    def __init__(self, argv, setup, environment, folder, insert):
        self.insert, self.seen = insert, b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, environment)
        self.type(setup + "; echo rea''dy\n")
        self.read_until(b"ready\r\n")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def type(self, text):
        os.write(self.fd, text.encode())

    def read_until(self, end):
        """What was printed up to that, which is left out."""
        limit = time.monotonic() + SECONDS
        while end not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, limit - time.monotonic()))
            assert ready, "the shell does not print %r: %r" % (end, self.seen)
            self.seen += os.read(self.fd, 65536)
        text, self.seen = self.seen.split(end, 1)
        return text.decode()

    def candidates(self, line):
        """The words that complete the last word of the line; it alone if there are none."""
        self.type(line + self.insert + "\x05 ; echo fini''shed\x01printf '[%s]\\n' \n")
        words = re.findall(r"^\[(.*)\]\r$", self.read_until(b"finished\r\n"), re.M)
        return words[len(line.split(" ")) - 1:]


class Bash(Terminal):
    """It breaks words at : and =, and inserts the beginning of a word once."""

    def candidates(self, line):
        found = super().candidates(line)
        before = re.match("(?:.*[:=])?", line.split(" ")[-1]).group()
        return found[:1] + [before + word for word in found[1:]]



def bash(script, environment, folder):
    setup = "bind 'set enable-bracketed-paste off'; source " + script
    return Bash(["bash", "--norc", "--noprofile", "-i"], setup, environment, folder, "\x1b*")


def zsh(script, environment, folder):
    """Loads the script as a shell does: it finds the file by its name, from fpath."""
    setup = ("PS1='> '; unset zle_bracketed_paste; bindkey -e; fpath=(%s $fpath); autoload -U compinit; compinit -u -D; "
             "every() { _main_complete; compstate[insert]=all; }; zle -C every complete-word every; bindkey '^Xa' every"
             % os.path.dirname(script))
    return Terminal(["zsh", "-f", "-i"], setup, environment, folder, "\x18a")


class Fish:
    def __init__(self, script, environment, folder):
        self.load, self.environment, self.folder = "source " + script, environment, folder

    def candidates(self, line):
        script = self.load + "; complete -C " + "'%s'" % line
        out = subprocess.run(["fish", "--no-config", "-c", script], env=self.environment, cwd=self.folder, text=True,
                             stdout=subprocess.PIPE, check=True, timeout=SECONDS).stdout
        return [candidate.split("\t")[0] for candidate in out.splitlines()]

    def close(self):
        pass
