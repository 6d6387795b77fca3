"""The recipes in packaging/: they are well-formed, and the options, files and packages that they name exist.

What runs them (Spack, Docker, Apptainer) is not needed: package.py is run with stand-ins for what Spack gives it.
"""
import os
import pathlib
import re
import subprocess
import sys
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
IMAGE = re.compile(r"[a-z0-9]+:[a-z0-9.]+")  # a name and a tag, and no host


class When:
    """`with when(...)`: what is said inside holds under that condition."""

    conditions = []

    def __init__(self, condition):
        self.condition = condition

    def __enter__(self):
        self.conditions.append(self.condition)

    def __exit__(self, *error):
        self.conditions.pop()


class Spec(dict):
    def __init__(self, variants):
        self.variants = variants

    def satisfies(self, text):
        return self.variants[text[1:]] == (text[0] == "+")

    def __missing__(self, name):
        prefix = types.SimpleNamespace(lib=f"/{name}/lib")
        return types.SimpleNamespace(prefix=prefix, command=types.SimpleNamespace(path=f"/{name}/bin/{name}"),
                                     package=types.SimpleNamespace(platlib="lib/python3.11/site-packages"))


class CMakePackage:
    @staticmethod
    def define(name, value):
        return f"-D{name}={value}"

    def define_from_variant(self, name, variant):
        return self.define(name, self.spec.variants[variant])


def run_recipe():
    """The class of package.py, and what it said: (directive, arguments, keywords, conditions)."""
    said = []

    def directive(name):
        return lambda *arguments, **keywords: said.append((name, arguments, keywords, list(When.conditions)))

    spack = types.ModuleType("spack.package")
    for name in ("license", "version", "variant", "depends_on", "extends", "conflicts", "generator"):
        setattr(spack, name, directive(name))
    spack.when, spack.join_path, spack.CMakePackage = When, os.path.join, CMakePackage
    sys.modules.update({"spack": types.ModuleType("spack"), "spack.package": spack})
    names = {}
    path = PACKAGING / "spack" / "package.py"
    exec(compile(path.read_text(), path, "exec"), names)
    return names["Dijitso"], said


class SpackTest(unittest.TestCase):
    def setUp(self):
        self.recipe, self.said = run_recipe()

    def arguments(self, **variants):
        package = self.recipe()
        package.spec = Spec(variants)
        return dict(argument[2:].split("=", 1) for argument in package.cmake_args())

    def test_what_it_needs(self):
        needed = {arguments[0].split("@")[0].split(" ")[0]: arguments[0] for name, arguments, _, _ in self.said if name == "depends_on"}
        self.assertLessEqual({"llvm", "spdlog", "cli11", "nlohmann-json", "zstd", "zlib-api", "libdeflate", "mpi", "py-pybind11", "py-numpy"}, set(needed))
        self.assertEqual(needed["llvm"].split()[:3], ["llvm@22", "+clang", "+lld"])
        conditions = {arguments[0].split("@")[0]: (keywords.get("when"), inside)
                      for name, arguments, keywords, inside in self.said if name in ("depends_on", "extends")}
        self.assertEqual(conditions["mpi"], ("+mpi", []))
        self.assertEqual(conditions["python"], (None, ["+python"]))
        self.assertEqual(conditions["py-mpi4py"], ("+mpi", ["+python"]))

    def test_version_and_variants_are_those_of_the_project(self):
        version = re.search(r"project\(dijitso VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        self.assertIn(("version", (version,), {}, []), self.said)
        self.assertEqual({arguments[0] for name, arguments, _, _ in self.said if name == "variant"}, {"mpi", "python"})

    def test_the_options_exist(self):
        cmake = "".join((ROOT / name).read_text() for name in ("CMakeLists.txt", "python/CMakeLists.txt", "llvm-config/CMakeLists.txt"))
        for options in (self.arguments(mpi=True, python=True), self.arguments(mpi=False, python=False)):
            self.assertEqual(options.pop("LLVM_DIR"), "/llvm/lib/cmake/llvm")  # which CMake itself obeys
            for name in options:
                self.assertRegex(cmake, r"\b" + name + r"\b")
        self.assertEqual(self.arguments(mpi=True, python=False)["DIJITSO_MPI"], "True")
        self.assertEqual(self.arguments(mpi=True, python=False)["DIJITSO_PYTHON"], "False")
        self.assertNotIn("DIJITSO_PYTHON_DIR", self.arguments(mpi=True, python=False))
        self.assertEqual(self.arguments(mpi=True, python=True)["DIJITSO_PYTHON_DIR"], "lib/python3.11/site-packages")


class DockerTest(unittest.TestCase):
    def setUp(self):
        text = re.sub(r"^#.*\n", "", (PACKAGING / "docker" / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
        self.lines = [line.split(None, 1) for line in text.splitlines() if line.strip()]

    def test_instructions(self):
        known = {"FROM", "COPY", "WORKDIR", "RUN", "ENV", "VOLUME", "CMD"}
        self.assertLessEqual({word for word, _ in self.lines}, known)
        self.assertEqual(self.lines[0][0], "FROM")
        stages = [rest.split(" AS ") for word, rest in self.lines if word == "FROM"]
        self.assertEqual(stages, [["debian:12", "build"], ["debian:12"]])
        for image, *_ in stages:
            self.assertRegex(image, IMAGE)
        self.assertIn(["COPY", "--from=build /packages /packages"], self.lines)

    def test_commands(self):
        for word, rest in self.lines:
            if word == "RUN":
                subprocess.run(["bash", "-n", "-c", rest], check=True)
        commands = " ".join(rest for word, rest in self.lines if word == "RUN")
        self.assertIn("scripts/setup release", commands)
        self.assertIn("cpack -G DEB", commands)


class ApptainerTest(unittest.TestCase):
    def setUp(self):
        text = (PACKAGING / "apptainer" / "dijitso.def").read_text()
        text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
        self.stages = [self.stage("Bootstrap:" + part) for part in text.split("Bootstrap:")[1:]]

    @staticmethod
    def stage(text):
        head, *sections = re.split(r"^%", text, flags=re.MULTILINE)
        return dict(line.split(": ") for line in head.split("\n") if line), dict(section.split("\n", 1) for section in sections)

    def test_stages(self):
        self.assertEqual([head for head, _ in self.stages], [{"Bootstrap": "docker", "From": "debian:12", "Stage": stage} for stage in ("build", "final")])
        first, last = (sections for _, sections in self.stages)
        self.assertEqual(set(first), {"files", "post"})
        self.assertEqual(set(last), {"files from build", "post", "environment", "runscript", "test"})
        self.assertIn("scripts/setup release", first["post"])

    def test_commands(self):
        for _, sections in self.stages:
            for name, text in sections.items():
                if not name.startswith("files"):
                    subprocess.run(["bash", "-n", "-c", text], check=True)


class AllTest(unittest.TestCase):
    def test_scripts_that_they_run_exist_and_no_host_is_named(self):
        for path in PACKAGING.rglob("*"):
            if path.is_dir():
                continue
            text = path.read_text()
            for script in re.findall(r"\bscripts/[a-z-]+", text):
                self.assertTrue((ROOT / script).exists(), script)
            self.assertNotRegex(text, r"https?://|\b[a-z0-9-]+\.(io|com|org|net)\b")


if __name__ == "__main__":
    unittest.main()
