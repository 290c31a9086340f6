"""Services that are too heavy for every landing: .ci/nightly runs these (see conftest.py)."""
import pytest

from testenv.samples import files_of_image

pytestmark = pytest.mark.needs("root", "runc")


def test_rabbitmq(slim, images, tmp_path):
    config = {"Cmd": ["/srv/start"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}
    reference = images.of_packages("rabbitmq", ["rabbitmq-server"], files_of_image("rabbitmq"), config)
    report = slim.build(reference, "oci:%s:slim" % (tmp_path / "out"), "--http-probe=false", "--verify=off", "--client",
                        "amqp", "--ready-timeout", "120", timeout=600)
    done = {s["what"]: s["status"] for s in report["runs"][0]["steps"]}
    assert done == {"amqp " + step: 0 for step in ("login", "open", "channel", "declare", "publish", "get", "delete",
                                                   "close")}, report["runs"]
