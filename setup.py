"""`pip install .`: CMake builds the extension and the libraries that it needs; all of them go beside it into the package.

The build tree is build/pip/cmake, or that which the environment variable CMAKE_BUILD_DIR names. Nothing is downloaded: use
--no-build-isolation where setuptools is installed.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).resolve().parent
VERSION = re.search(r"project\(dijitso VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
OPTIONS = ["-DCMAKE_BUILD_TYPE=Release", "-DDIJITSO_TESTS=OFF", "-DDIJITSO_BENCH=OFF", "-DDIJITSO_EXAMPLES=OFF"]


class BuildWithCMake(build_ext):
    def run(self):
        given = os.environ.get("CMAKE_BUILD_DIR")
        tree = pathlib.Path(given or ROOT / "build" / "pip" / "cmake")
        # Our own tree may be that of another interpreter.
        if not given or not (tree / "CMakeCache.txt").exists():
            generator = ["-G", "Ninja"] if shutil.which("ninja") else []
            subprocess.run(["cmake", "-S", ROOT, "-B", tree, *generator, *OPTIONS, f"-DPython_EXECUTABLE={sys.executable}"], check=True)
        jobs = str(os.cpu_count() or 1)
        subprocess.run(["cmake", "--build", tree, "-j", jobs, "--target", "dijitso_wheel"], check=True)
        target = pathlib.Path(self.build_lib)
        subprocess.run(["cmake", "--install", tree, "--component", "wheel", "--strip", "--prefix", target.resolve()], check=True)
        shutil.copy(ROOT / "python" / "dijitso.pth", target)
        # A wheel holds no links: the name under which a library is looked for becomes the file.
        for link in (target / "dijitso").iterdir():
            if link.is_symlink():
                link.resolve().replace(link)


(ROOT / "build" / "pip").mkdir(parents=True, exist_ok=True)
setup(version=VERSION, ext_modules=[Extension("dijitso._dijitso", [])], cmdclass={"build_ext": BuildWithCMake})
