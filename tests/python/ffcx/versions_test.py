"""FFCx 0.6 to 0.11, as far as dijitso.ffcx meets them: stand-ins with their functions (standin.py)."""
import pathlib
import shutil
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
import standin  # noqa: E402
from package import PYTHONPATH, PackageTest  # noqa: E402

PROGRAM = """
import sys, dijitso
dijitso.install("ffcx")
import ffcx.compiler, ffcx.codegeneration.jit as jit
forms, module, code = jit.compile_forms([2, 3], {"scalar_type": "float32"}, cache_dir="cache", **eval(sys.argv[1]))
print(module.ffi.string(forms[1].signature), forms[1].tabulate(5.0), code[0] is None, code[1] is None, ffcx.compiler.seen[:1])
expressions = jit.compile_expressions([4], cffi_extra_compile_args=["-O1"])[0]
print(expressions[0].num_points, expressions[0].tabulate(5.0))
if hasattr(jit, "compile_elements"):
    (element, dofmap), = jit.compile_elements([7])[0]
    print(element.degree, dofmap.num_dofs)
print(dijitso._dijitso.counters()["compiles"])
"""


class VersionsTest(PackageTest):
    def run_it(self, code, *args, exit_code=0):
        return self.run_python("-c", code, *args, code=exit_code, PYTHONPATH=f"{self.tmp}:{PYTHONPATH}")

    def test_each_version(self):
        for version in standin.VERSIONS:
            with self.subTest(version.number):
                standin.write(self.tmp, version)
                more = "{'visualise': True}" if version.visualises else "{}"
                name = r"libffcx_forms_\w+"
                for cold in (True, False):
                    seen = rf"\[\('{name}', 'float32', {version.visualises}\)\]" if cold else r"\[\]"
                    elements = "7 8\n" if version.compiles_elements else ""
                    compiles = (3 if version.compiles_elements else 2) if cold else 0
                    self.assertRegex(self.run_it(PROGRAM, more), rf"^b'3' 15.0 {not cold} {not cold} {seen}\n0 20.0\n{elements}{compiles}\n$")
                self.clear()

    def test_what_is_in_the_cache_needs_no_compiler_of_ffcx(self):
        standin.write(self.tmp, standin.VERSIONS[0])
        program = ("import dijitso, sys; dijitso.install('ffcx'); import ffcx.codegeneration.jit as jit; jit.compile_forms([2], cache_dir='cache')\n"
                   "print('ffcx.compiler' in sys.modules)")
        self.assertEqual([self.run_it(program), self.run_it(program)], ["True\n", "False\n"])

    def clear(self):
        for folder in (self.cache, self.tmp / "ffcx"):
            shutil.rmtree(folder)

    def test_an_unknown_version_is_refused_in_one_sentence(self):
        standin.write(self.tmp, standin.VERSIONS[-1]._replace(number="0.12.0", prefix="scope"))
        install = "import dijitso; dijitso.install('ffcx'); import ffcx.codegeneration.jit"
        self.run_it(install, exit_code=1)
        self.assertRegex(self.stderr, r"\ndijitso.errors.DijitsoError: dijitso.ffcx does not know FFCx 0.12.0, whose compile_ufl_objects takes ufl_objects, "
                         r"options, object_names, scope, visualise: use FFCx 0.5 to 0.11\n$")
        standin.write(self.tmp, standin.VERSIONS[-1])
        jit = self.tmp / "ffcx/codegeneration/jit.py"
        jit.write_text(jit.read_text().replace("_load_objects(", "_load("))
        self.run_it(install, exit_code=1)
        self.assertIn("does not know this compile_forms of ffcx.codegeneration.jit", self.stderr)


if __name__ == "__main__":
    unittest.main()
