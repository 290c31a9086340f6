"""A terminal that a test drives and reads: a pane of a tmux server of its own. It waits for text, never for time to pass."""
import os
import shlex
import subprocess

from testenv.engines import call, first_child, wait_for

SECONDS = 60  # a screen that does not come is a failure


class Terminal:
    """Runs a shell script. The pane stays when the script has ended."""

    def __init__(self, directory, script, columns=80, rows=24, term="xterm-256color", environment=None, cwd=None):
        self.socket, self.end = (os.path.join(str(directory), name) for name in ("tmux", "status"))
        script = "trap : INT; (%s); echo $? >%s.new; mv %s.new %s" % (script, *[shlex.quote(self.end)] * 3)
        env = {name: value for name, value in (environment or os.environ).items() if name not in ("NO_COLOR", "TMUX")}
        self.tmux("-f", "/dev/null", "start-server", ";", "set-option", "-g", "remain-on-exit", "on", ";",
                  "set-option", "-g", "default-terminal", term, ";", "new-session", "-d", "-x", columns, "-y", rows,
                  "-c", cwd or directory, "sh", "-c", script, env=dict(env, LC_ALL="C.UTF-8"))

    def tmux(self, *arguments, env=None):
        return call("tmux", "-u", "-S", self.socket, *arguments, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def screen(self, *options):
        """The rows, without blanks at their ends."""
        return self.tmux("capture-pane", "-p", *options).split("\n")[:-1]

    def codes(self):
        """The screen with the escape codes of its colours and other looks."""
        return "\n".join(self.screen("-e"))

    def wait(self, *texts, without=()):
        """Waits until the screen has all texts (and none of without), and returns its rows."""
        def rows():
            shown = self.screen()
            text = "\n".join(shown)
            return shown if all(t in text for t in texts) and not any(t in text for t in without) else None
        try:
            return wait_for(rows, "%s without %s" % (texts, without), SECONDS)
        except AssertionError as late:
            raise AssertionError("%s\n%s" % (late, "\n".join(self.screen())))

    def press(self, *keys):
        """Keys by their names in tmux, as "Down", "C-c", "Enter"."""
        self.tmux("send-keys", *keys)
        return self

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        return self

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", columns, "-y", rows)

    def format(self, name):
        return self.tmux("display-message", "-p", "#{%s}" % name).strip()

    def child(self):
        """The number of the process that the script waits for."""
        return first_child(first_child(int(self.format("pane_pid"))))

    def status(self):
        """The exit status of the script, once it has ended. tmux 3.3 does not always notice that a pane's process ended, so
        the script leaves its status in a file."""
        try:
            wait_for(lambda: os.path.exists(self.end), "the end of the script", SECONDS)
        except AssertionError as late:
            raise AssertionError("%s\n%s" % (late, "\n".join(self.screen())))
        with open(self.end) as f:
            return int(f.read())
