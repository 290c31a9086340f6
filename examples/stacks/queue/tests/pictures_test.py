"""The test suite of the project. Its exit status judges the build."""
import json
import time
import unittest
import urllib.error
import urllib.request

URL = "http://web:8000"


def order(**what):
    request = urllib.request.Request(URL + "/pictures", json.dumps(what).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["number"]


def picture(number):
    """Asks until the worker has drawn it."""
    for _ in range(200):
        try:
            with urllib.request.urlopen("%s/pictures/%d" % (URL, number)) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            time.sleep(0.1)
    raise AssertionError("the worker does not draw picture %d" % number)


class Pictures(unittest.TestCase):
    def test_a_picture(self):
        self.assertEqual(picture(order(text="hello", format="png"))[1:4], b"PNG")

    def test_first_page(self):
        with urllib.request.urlopen(URL + "/") as answer:
            self.assertIn(b"waiting", answer.read())

    def test_a_format_that_is_none(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            order(text="hello", format="doc")
        self.assertEqual(caught.exception.code, 400)


unittest.main()
