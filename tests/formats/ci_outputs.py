#!/usr/bin/python3
"""ci_outputs.py EMIT : reads what slim writes for CI systems as these do: XML, JSON, OpenMetrics, workflow commands.

EMIT FOLDER writes the outputs of three builds: hostile/ (each string from outside holds what a format could break at),
ordinary/ and failed/ (before anything was known). With SLIM_SARIF_SCHEMA, the published schema's file, and the module
jsonschema, the SARIF is checked against it; with the module prometheus_client the metrics are read by its parser."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from html.parser import HTMLParser

BUILDS = ("hostile", "ordinary", "failed")


class Outputs(unittest.TestCase):
    def read(self, build, name):
        with open(os.path.join(FOLDER, build, name), newline="", encoding="utf-8") as f:
            return f.read()

    def each(self, name):
        for build in BUILDS:
            self.build = build
            yield build, self.read(build, name)

    def _formatMessage(self, message, standard):
        return "%s: %s" % (self.build, super()._formatMessage(message, standard))

    def test_junit(self):
        """As JUnit's XSD has it (Jenkins' xunit plugin): the counts are those of the elements."""
        for build, text in self.each("junit.xml"):
            root = xml.fromstring(text.encode())
            self.assertEqual(root.tag, "testsuites")
            cases = root.findall("./testsuite/testcase")
            for what in ("failure", "error", "skipped"):
                found = root.findall("./testsuite/testcase/" + what)
                of_suites = sum(int(s.get({"failure": "failures", "error": "errors"}.get(what, what))) for s in root)
                self.assertEqual(len(found), of_suites, what)
            self.assertEqual(int(root.get("tests")), len(cases))
            self.assertEqual(len(cases), len(list(root.iter("testcase"))))
            for suite in root:
                self.assertEqual(suite.tag, "testsuite")
                self.assertEqual(int(suite.get("tests")), len(suite))
                self.assertGreaterEqual(float(suite.get("time")), 0)
            for case in cases:
                self.assertTrue(case.get("name") and case.get("classname").startswith("slim."))
                self.assertGreaterEqual(float(case.get("time")), 0)
                self.assertLessEqual(len(case), 1)
            names = {suite.get("name") for suite in root}
            self.assertEqual(names, {"hostile": {"slim.build", "slim.runs", "slim.probes", "slim.verify", "slim.gates"},
                                     "ordinary": {"slim.build", "slim.runs", "slim.probes"},
                                     "failed": {"slim.build"}}[build])
            self.assertEqual(int(root.get("errors")), int(build == "failed"))

    def test_sarif(self):
        for build, text in self.each("slim.sarif"):
            log = json.loads(text)
            self.assertEqual(log["version"], "2.1.0")
            run, = log["runs"]
            rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
            self.assertEqual(len(rules), len(set(rules)))
            self.assertEqual(run["invocations"][0]["executionSuccessful"], build == "ordinary")
            self.assertTrue(run["results"])
            fingerprints = [result["partialFingerprints"]["slim/v1"] for result in run["results"]]
            self.assertEqual(len(fingerprints), len(set(fingerprints)))
            for result in run["results"]:
                self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
                self.assertIn(result["level"], ("error", "warning", "note"))
                self.assertTrue(result["message"]["text"])
                location, = result["locations"]
                uri = location["physicalLocation"]["artifactLocation"]["uri"]
                self.assertRegex(uri, r"^(?:[A-Za-z0-9/._~-]|%[0-9A-F]{2})+$")
                self.assertFalse(uri.startswith("/"))
            self.validate(log)

    def validate(self, log):
        schema = os.environ.get("SLIM_SARIF_SCHEMA")
        if not schema:
            return
        import jsonschema
        with open(schema) as f:
            jsonschema.Draft4Validator(json.load(f)).validate(log)

    def test_code_quality(self):
        for build, text in self.each("quality.json"):
            findings = json.loads(text)
            self.assertTrue(findings)
            for finding in findings:
                self.assertEqual(finding.keys(), {"description", "check_name", "fingerprint", "severity", "location"})
                self.assertIn(finding["severity"], ("info", "minor", "major", "critical", "blocker"))
                self.assertGreaterEqual(finding["location"]["lines"]["begin"], 1)
                self.assertFalse(finding["location"]["path"].startswith(("/", "./")))
            self.assertEqual(len({finding["fingerprint"] for finding in findings}), len(findings))

    def test_metrics(self):
        sample = re.compile(r'([a-z_]+)(?:\{[a-z]+="((?:[^"\\\n]|\\["\\n])*)"\})? (\d+(?:\.\d+)?)$')
        for build, text in self.each("metrics.txt"):
            lines = text.split("\n")
            self.assertEqual(lines[-2:], ["# EOF", ""])
            families = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
            self.assertEqual(len(families), len(set(families)))
            for line in lines[:-2]:
                if not line.startswith("# "):
                    self.assertRegex(line, sample)
                    self.assertTrue(any(sample.match(line).group(1).startswith(family) for family in families), line)
            try:
                from prometheus_client.openmetrics.parser import text_string_to_metric_families
            except ImportError:
                continue
            self.assertEqual([family.name for family in text_string_to_metric_families(text)], families)

    def test_dotenv(self):
        """As GitLab reads it, and as a shell does."""
        for build, text in self.each("slim.env"):
            for line in text.splitlines():
                self.assertRegex(line, r"^SLIM_[A-Z_]+=[A-Za-z0-9./:@_+-]*$")
            self.assertLess(len(text), 5000)
            shell = subprocess.run(["env", "-i", "sh", "-c", ". %s/%s/slim.env; echo $SLIM_STATUS" % (FOLDER, build)],
                                   stdout=subprocess.PIPE, text=True, check=True).stdout
            self.assertEqual(shell, {"hostile": "gate-failed", "ordinary": "passed", "failed": "failed"}[build] + "\n")

    def test_markdown(self):
        """Nothing but slim's own markup: what comes from outside is text within <code>."""
        for build, text in self.each("slim.md"):
            self.assertRegex(text, r"\A<!-- slim-report:[A-Za-z0-9./:_-]* -->\n### slim: ")
            self.assertNotIn("--", text.split("-->")[0].replace("<!--", ""))
            self.assertLess(len(text), 60000)
            own = re.sub(r"<code>(?:[^<>`*_\[\]\\|@#~$]|&#\d+;)*</code>", "CODE", text.split("\n", 1)[1])
            self.assertNotRegex(own, r"[<>`\[\]\\@]")
            tags = []
            parser = HTMLParser()
            parser.handle_starttag = lambda tag, attributes: tags.append((tag, attributes))
            parser.feed(text)
            self.assertEqual({tag for tag, _ in tags}, {"code"})
            self.assertFalse(any(attributes for _, attributes in tags))
            columns = 0
            for line in own.splitlines():
                if line.startswith("|"):
                    columns = columns or line.count("|")
                    self.assertEqual(line.count("|"), columns, line)
                else:
                    columns = 0

    def test_azure(self):
        """Every line is one command, and only such that slim means."""
        allowed = r"##vso\[task\.(logissue type=(error|warning);code=[a-z-]+|setvariable variable=[a-z_]+;isOutput=true|" \
                  r"uploadsummary)\]"
        for build, text in self.each("azure.log"):
            for line in text.split("\n")[:-1]:
                self.assertRegex(line, "^" + allowed)
                self.assertNotIn("\r", line)
            self.assertEqual(text.count("\n"), len(re.findall(r"##[a-z]*\[", text)))

    def test_github(self):
        for build, text in self.each("github.log"):
            self.assertLessEqual(text.count("\n"), 10)
            for line in text.split("\n")[:-1]:
                self.assertRegex(line, r"^::(error|warning|notice) title=slim(%3A [a-z-]+)?::[^\r]*$")
                message = line.split("::", 2)[2]
                self.assertFalse(re.search(r"%(?!25|0A|0D)", message), message)
        for build, text in self.each("github.output"):
            lines, values = iter(text.split("\n")), {}
            for line in lines:  # as the runner does
                if not line:
                    continue
                name, end = line.split("<<")
                values[name] = "\n".join(iter(lambda: next(lines), end))
            self.assertEqual(list(values), ["image", "digest", "pinned", "size", "original_size", "reduction", "status"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as FOLDER:
        subprocess.run([sys.argv.pop(1), FOLDER], check=True)
        unittest.main(exit=True)
