"""%%dijitso in a kernel of Jupyter."""
import html
import os
import re
import unittest

import nbclient
import nbconvert
import nbformat
from jupyter_client.manager import start_new_kernel
from package import PYTHONPATH, PackageTest


class CellTest(PackageTest):
    def setUp(self):
        super().setUp()
        (self.tmp / "temporary").mkdir()
        environment = {**os.environ, "PYTHONPATH": PYTHONPATH, "TMPDIR": str(self.tmp / "temporary"), "IPYTHONDIR": str(self.tmp / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        self.manager, self.client = start_new_kernel(kernel_name="python3", env=environment, cwd=str(self.tmp))
        self.addCleanup(self.manager.shutdown_kernel, now=True)
        self.addCleanup(self.client.stop_channels)
        self.assertEqual(self.run_cell("%load_ext dijitso"), ("ok", "", ""))

    def run_cell(self, code):
        """The status, what was printed, and the error of a cell."""
        printed = {"stdout": "", "stderr": ""}

        def note(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                printed[content["name"]] += content["text"]

        # With stop_on_error, the kernel gives up what comes within a moment after an error.
        reply = self.client.execute_interactive(code, output_hook=note, timeout=120, stop_on_error=False)
        return reply["content"]["status"], printed["stdout"], printed["stderr"]

    def test_functions_are_in_the_namespace(self):
        self.assertEqual(self.run_cell("%%dijitso\ndouble f(double x) { return 2 * x; }\nint counter = 3;"), ("ok", "", ""))
        self.assertEqual(self.run_cell("print(f(21.0), counter.value, f.__doc__)"), ("ok", "42.0 3 double f(double x)\n", ""))

    def test_options(self):
        self.assertEqual(self.run_cell('%%dijitso --language c --std c11 --flags "-O1 -DK=3" --library m --name base\n'
                                       "int f(void) { int new = K; return new; }")[0], "ok")
        self.assertEqual(self.run_cell('%%dijitso --depends-on base --name lib\nextern "C" int f();\n'
                                       "namespace n { int g() { return f() + 1; } }\nint o(int) { return 1; } int o(double) { return 2; }\nstruct { int a : 3; } s;")[0], "ok")
        self.assertEqual(self.run_cell("print(f(), lib['n::g'](), 'o' in globals(), 's' in globals())"), ("ok", "3 4 False False\n", ""))

    def test_packages(self):
        self.assertEqual(self.run_cell('%%dijitso --packages "eigen3 zlib" --openmp --lenient --mpi --language c++\n'
                                       "#include <Eigen/Core>\n#include <zlib.h>\n#include <mpi.h>\n"
                                       "int f() { double x = 1.5; int y[] = {x}; return _OPENMP > 0 ? y[0] : 0; }")[0], "ok")
        self.assertEqual(self.run_cell("print(f())"), ("ok", "1\n", ""))
        self.assertIn("'nothing'", self.run_cell("%%dijitso --packages nothing\nint g();")[2])

    def test_errors_have_the_line_of_the_cell(self):
        status, printed, error = self.run_cell("%%dijitso\nint f() {\n  return nothing;\n}")
        self.assertEqual((status, printed), ("error", ""))
        self.assertIn("cell:3:10: error: use of undeclared identifier 'nothing'", error)
        self.assertEqual(list(self.tmp.glob("jitfailure*")), [])
        status, _, error = self.run_cell("%%dijitso --depends-on none\nint f();")
        self.assertEqual(status, "error")
        self.assertIn("there is no variable 'none'", error)

    def test_the_same_cell_is_compiled_once(self):
        for _ in range(2):
            self.run_cell("%%dijitso\nint f() { return 5; }")
        self.assertEqual(self.run_cell("import dijitso; print(dijitso._dijitso.counters()['compiles'], f())"), ("ok", "1 5\n", ""))


class NotebookTest(PackageTest):
    CELLS = ("%load_ext dijitso", "%%dijitso\n// The second line of the cell is the first of the text.\ndouble f(double x) {\n  return 2 * y;\n}",
             "%%dijitso\ndouble f(double x) { return 2 * x; }", "f(21.0)")

    def test_an_error_points_at_the_line_of_the_cell_in_a_saved_notebook_too(self):
        self.set_environment(PYTHONPATH=PYTHONPATH, IPYTHONDIR=str(self.tmp / "ipython"), PYDEVD_DISABLE_FILE_VALIDATION="1", TMPDIR=str(self.tmp))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in self.CELLS])
        nbclient.NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=120).execute()
        nbformat.write(notebook, self.tmp / "saved.ipynb")
        page, _ = nbconvert.HTMLExporter().from_filename(str(self.tmp / "saved.ipynb"))
        text = html.unescape(re.sub("<[^>]*>", "", page))
        text = text[text.index("%load_ext"):]
        self.assertRegex(text, r"UsageError: module 'cell_\w+' does not compile: cell:4:14: use of undeclared identifier 'y'\n"
                         r"cell:4:14: error: use of undeclared identifier 'y'\n    4 \|   return 2 \* y;\n      \|              \^\n")
        self.assertNotIn("Traceback", text)
        self.assertRegex(text, r"Out\[4\]:\s*42.0")


if __name__ == "__main__":
    unittest.main()
