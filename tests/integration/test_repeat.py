"""The same image and the same run give the same bytes."""
import filecmp
import os

import pytest

from testenv.slim import Slim
from testenv.tree import Image

pytestmark = pytest.mark.needs("root", "runc")


def test_two_builds_are_byte_equal(slim, program, images, tmp_path):
    os.makedirs(tmp_path / "other")
    other = Slim(program, tmp_path / "other")  # a store of its own: nothing is cached
    for name, reference in (("service", images.service()), ("job", images.job())):
        for form, tag in (("docker-archive", "a:b"), ("oci-archive", "b")):
            first, second = str(tmp_path / ("%s.1.%s" % (name, form))), str(tmp_path / ("%s.2.%s" % (name, form)))
            slim.build(reference, "%s:%s:%s" % (form, first, tag))
            other.build(reference, "%s:%s:%s" % (form, second, tag), env={"TZ": "Pacific/Apia", "LC_ALL": "C"})
            assert filecmp.cmp(first, second, shallow=False), (name, form)


@pytest.mark.needs("mmdebstrap")
def test_a_real_service_too(slim, images, tmp_path):
    digests = set()
    for i in range(2):
        dest = "oci:%s:slim" % (tmp_path / ("out%d" % i))
        slim.build(images.debian(), dest)
        digests.add(Image(dest).descriptor["digest"])
    assert len(digests) == 1
