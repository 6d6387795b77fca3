"""dijitso-cache grepfunction: whole functions, with their lines."""
import gzip

import cli

HELPER = """int helper(int x,
           int y)
{
  // a brace } in a comment
  const char* text = "}";
  if (x) { return helper(0, y); }

\treturn *text;
}
"""
SOURCE = """#include "a.h"
int my_helper(int x) { return x; }
""" + HELPER + """double Form::tabulate_tensor (double* A) const
{
  helper(1, 2);
}
int helper2(int x);"""


class GrepFunction(cli.CliTest):
    def fill(self):
        self.source = self.add("src/a.cpp.gz", gzip.compress(SOURCE.encode()))
        self.header = self.add("include/a.h", "int helper(int x, int y);\n")

    def test_whole_bodies_with_their_lines(self):
        self.fill()
        self.assertEqual(self.ok("grepfunction", "--name", "helper"),
                         "%s:3\n%s\n%s:14\n  helper(1, 2);\n\n" % (self.source, HELPER, self.source))

    def test_name_is_whole_and_literal(self):
        self.fill()
        self.assertIn("double Form::tabulate_tensor (double* A) const\n{\n  helper(1, 2);\n}\n",
                      self.ok("grepfunction", "--name", "tabulate_tensor"))
        self.ok("grepfunction", "--name", "Form::tabulate_tensor")
        self.assertEqual(self.ok("grepfunction", "--name", "helper2"), "%s:16\nint helper2(int x);\n\n" % self.source)
        for name in ("help", "elper", "h.lper", "tensor", "Other::tabulate_tensor", "("):
            self.assertEqual(self.fails(1, "grepfunction", "--name", name), "")

    def test_without_bodies(self):
        self.fill()
        self.assertEqual(self.ok("grepfunction", "--name", "helper", "--no-body", "--categories", "inc,src"),
                         "\nFile '%s' matches:\n    1: int helper(int x, int y);\n"
                         "\nFile '%s' matches:\n    3: int helper(int x,\n    8:   if (x) { return helper(0, y); }\n"
                         "   14:   helper(1, 2);\n" % (self.header, self.source))

    def test_json(self):
        self.fill()
        document = self.json("grepfunction", "--name", "helper", "--json")
        self.assertEqual((document["name"], document["unsearched"]), ("helper", 0))
        self.assertEqual(document["matches"], [{"file": str(self.source), "functions": [
            {"line": 3, "text": HELPER}, {"line": 14, "text": "  helper(1, 2);\n"}]}])
        document = self.json("grepfunction", "--name", "my_helper", "--json", "--no-body")
        self.assertEqual(document["matches"][0]["functions"], [{"line": 2, "text": SOURCE.splitlines(True)[1]}])

    def test_signature(self):
        self.fill()
        self.add("src/b.cpp", "int helper() { return 2; }\n")
        self.assertEqual(self.ok("grepfunction", "--name", "helper", "--signature", "b"),
                         "%s:1\nint helper() { return 2; }\n\n" % (self.cache / "src/b.cpp"))
        self.fails(1, "grepfunction", "--name", "helper", "--signature", "unknown")

    def test_absent_cache(self):
        self.assertEqual(self.fails(1, "grepfunction", "--name", "f"), "")
        self.assertFalse(self.cache.exists())

    def test_a_function_that_does_not_end(self):
        self.add("src/a.cpp", "int f()\n{\n  g();\n" + "int f() {\n" * 20000)
        text = self.ok("grepfunction", "--name", "f")
        self.assertEqual(text.count("int f()"), 20001)
        self.assertEqual(text.count("a.cpp:"), 1)

    def test_what_cannot_be_searched_is_a_warning_and_2(self):
        self.fill()
        self.add("src/c.cpp.gz", b"no gzip")
        done = self.run_tool("grepfunction", "--name", "my_helper")
        self.assertEqual((done.returncode, done.stdout.decode()),
                         (2, "%s:2\nint my_helper(int x) { return x; }\n\n" % self.source))
        self.assertIn("is not a whole gzip file", done.stderr.decode())

    def test_real_modules(self):
        self.build_modules()
        self.assertEqual(self.ok("grepfunction", "--name", "element_value", "--signature", "element"),
                         "%s:2\nint element_value(int x)\n{\n  // a brace } in a comment\n  return x + 1;\n}\n\n"
                         % (self.cache / "src/element.cpp.gz"))


if __name__ == "__main__":
    cli.main()
