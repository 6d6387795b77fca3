"""layouts_test.py BUNDLE BUILD_DIR: two machines with other paths for everything: home, bundle, header packs, the directory of the headers
that are packed, cache. What one has compiled are hits on the other."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import node

FAMILIES = "poisson,elasticity_2d,poisson_3d"  # 17 modules of FFC
MODULES = "tests/ffc/modules"


class Machine:
    """A node with a bundle, a header pack of its own, made of headers at another place than elsewhere, and a cache."""

    def __init__(self, root, home, bundle, headers, cache, edit=""):
        self.bundle, self.home, self.cache = bundle, home, cache
        manifest = json.loads((BUILD / MODULES / "modules.json").read_text())
        (ufc,) = manifest["include_dirs"]
        headers = root / headers
        shutil.copytree(ufc, headers)
        if edit:
            with (headers / "ufc.h").open("a") as file:
                file.write(edit)
        manifest["include_dirs"] = [str(headers)]
        subprocess.run([BUNDLE / "bin" / "dijitso-cache", "pack-headers", "--include-dir", headers, "-o", root / "ufc.pack"], check=True,
                       capture_output=True)
        self.node = node.Node(root / "node")
        self.node.mount(BUNDLE, bundle)
        self.node.copy(BUILD / "bin" / "ffc_modules_run", "/test/ffc_modules_run")
        shutil.copytree(BUILD / MODULES, self.node.root / "test" / "modules")
        (self.node.root / "test" / "modules" / "modules.json").write_text(json.dumps(manifest))
        self.node.copy(root / "ufc.pack", home + "/ufc.pack")

    def run(self, *command):
        done = self.node.run(*command, env={"HOME": self.home, "LD_LIBRARY_PATH": self.bundle + "/lib",
                                            "DIJITSO_BUILD_HEADER_PACKS": f"default {self.home}/ufc.pack"})
        if done.returncode or done.stderr:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def modules(self):
        """What ffc_modules_run says of where the modules came from, and of their numbers."""
        said = self.run("/test/ffc_modules_run", "--manifest", "/test/modules/modules.json", "--families", FAMILIES, "--cache-dir", self.cache)
        return next(line for line in said.splitlines() if "from disk" in line and "digest" in line)

    def tool(self, *arguments):
        return self.run(self.bundle + "/bin/dijitso-cache", "--cache-dir", self.cache, *arguments)


class LayoutsTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.tmp = pathlib.Path(tmp.name)
        self.one = Machine(self.tmp / "one", "/home/ann", "/opt/dijitso", "src/ufc", "/home/ann/.cache/dijitso")

    def another(self, **more):
        return Machine(self.tmp / "another", "/users/b/bob", "/cluster/apps/dijitso-1", "vendor/include/ufc-2", "/scratch/cache", **more)

    def carry(self, machine):
        """The cache of the first machine, exported there and imported here."""
        self.one.tool("export", "--all", "-o", "/home/ann/all.tar.zst")
        machine.node.copy(self.one.node.root / "home/ann/all.tar.zst", "/tmp-archive/all.tar.zst")
        machine.tool("import", "/tmp-archive/all.tar.zst")

    def test_the_second_machine_gets_hits(self):
        compiled = self.one.modules()
        self.assertTrue(compiled.startswith("17 compiled, 0 from disk"), compiled)
        another = self.another()
        self.carry(another)
        found = another.modules()
        self.assertTrue(found.startswith("0 compiled, 17 from disk"), found)
        self.assertEqual(found.split("digest")[1], compiled.split("digest")[1])

    def test_other_headers_are_a_miss(self):
        self.one.modules()
        another = self.another(edit="// edited\n")
        self.carry(another)
        found = another.modules()
        self.assertTrue(found.startswith("17 compiled, 0 from disk"), found)


if __name__ == "__main__":
    BUNDLE, BUILD = map(pathlib.Path, sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
