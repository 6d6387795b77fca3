"""Runs real modules against header packs for the suites in this folder, each test with a directory of its own."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = MANIFESTS = None
PROGRAMS = {"ffc": "ffc_modules_run", "ffcx": "ffcx_modules_run"}
FAMILIES = {"ffc": "poisson,stokes,dg_poisson,hyperelasticity", "ffcx": "poisson"}


class PackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One pack with the system's headers for all tests: it takes seconds to make."""
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-packs-")
        cls.addClassCleanup(temporary.cleanup)
        cls.default_pack = pathlib.Path(temporary.name) / "default.pack"
        subprocess.run([TOOL, "pack-headers", "--default", "-o", cls.default_pack], check=True, stdout=subprocess.DEVNULL)

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-packs-")
        self.addCleanup(temporary.cleanup)
        self.tmp = pathlib.Path(temporary.name)

    def pack(self, name, *args):
        file = self.tmp / name
        subprocess.run([TOOL, "pack-headers", "-o", file, *args], check=True, stdout=subprocess.DEVNULL)
        return file

    def include_dir(self, generator):
        return pathlib.Path(json.loads(MANIFESTS[generator].read_text())["include_dirs"][0])

    def command(self, generator, cache, manifest=None, families=None):
        return [os.path.join(os.path.dirname(TOOL), PROGRAMS[generator]), "--json", "--manifest",
                str(manifest or MANIFESTS[generator]), "--families", families or FAMILIES[generator], "--cache-dir", str(cache)]

    def env(self, *packs, **more):
        return {"HOME": str(self.tmp), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                "DIJITSO_BUILD_HEADER_PACKS": " ".join(map(str, packs)), **more}

    def finish(self, command, env):
        """The JSON that a run printed."""
        done = subprocess.run(command, env=env, cwd=self.tmp, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def manifest_with(self, generator, include_dir, name):
        """The same modules for a machine on which the headers lie elsewhere."""
        directory = self.tmp / name
        directory.mkdir()
        for file in MANIFESTS[generator].parent.iterdir():
            (directory / file.name).symlink_to(file)
        manifest = directory / "modules.json"
        content = json.loads(manifest.read_text())
        content["include_dirs"] = [str(include_dir)]
        manifest.unlink()
        manifest.write_text(json.dumps(content))
        return manifest


def main():
    module = sys.modules["packs"]
    module.TOOL = os.path.abspath(sys.argv[1])
    module.MANIFESTS = dict(zip(("ffc", "ffcx"), (pathlib.Path(manifest).resolve() for manifest in sys.argv[2:4])))
    del sys.argv[1:4]
    unittest.main(module="__main__")
