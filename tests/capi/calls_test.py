"""The tests in C call every function that the C headers declare; and they declare nothing that C cannot use."""
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = [HERE.parent.parent / "include" / "dijitso" / name for name in ("dijitso.h", "c_results.h")]


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


def called_in_c():
    called = set()
    for path in HERE.glob("*_test.c"):
        code = re.sub(r'"(\\.|[^"\\\n])*"', '""', without_comments(path.read_text()))
        called.update(re.findall(r"\b(dijitso_\w+)\(", code))
    return called


class Calls(unittest.TestCase):
    def test_every_function_is_called(self):
        text = "".join(without_comments(header.read_text()) for header in HEADERS)
        declarations = re.findall(r"DIJITSO_API\s+([^;]*);", text)
        declared = {re.search(r"\b(dijitso_\w+)\(", one).group(1) for one in declarations}
        self.assertGreater(len(declared), 60)
        self.assertEqual(sorted(declared - called_in_c()), [], "not called by any test in C")

    def test_every_test_runs(self):
        listed = re.findall(r"TEST\((\w+)\)", (HERE / "tests.inc").read_text())
        defined = [name for path in HERE.glob("*_test.c") for name in re.findall(r"void test_(\w+)\(void\) {", path.read_text())]
        self.assertEqual(sorted(listed), sorted(defined))


if __name__ == "__main__":
    unittest.main()
