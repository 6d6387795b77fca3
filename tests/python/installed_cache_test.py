"""Precompiled headers in the cache that lies beside the library are found by themselves."""
import os
import pathlib
import subprocess
import sys
import unittest

import dijitso
from package import PYTHONPATH, PackageTest

PROGRAM = """
import sys, dijitso
params = dijitso.validate_params({"build": {"include_dirs": [sys.argv[1]]}})
for name in sys.argv[2:]:
    source = '#include <ufc.h>\\nextern "C" int answer() { return std::vector<int>(42, 1).size(); }'
    library, _ = dijitso.jit(None, name, params, generate=lambda *_: ("", source, ()))
    assert library.answer() == 42
print(dijitso._dijitso.counters()["precompiled"])
"""


class InstalledCacheTest(PackageTest):
    def setUp(self):
        super().setUp()
        self.headers = self.tmp / "headers"
        self.headers.mkdir()
        (self.headers / "ufc.h").write_text("#pragma once\n#include <vector>\n" + "// This line says nothing.\n" * 50_000)
        loaded = {line.split()[-1] for line in open("/proc/self/maps") if "/libdijitso.so" in line}
        libraries = pathlib.Path(loaded.pop()).resolve().parent
        self.installed = self.tmp / "lib"
        self.installed.mkdir()
        for library in libraries.glob("libdijitso*.so*"):
            (self.installed / library.name).symlink_to(library)

    def run_program(self, cache, installed, *names):
        """How many of these modules used precompiled headers."""
        environment = {**os.environ, "PYTHONPATH": PYTHONPATH, "DIJITSO_CACHE_DIR": str(cache)}
        if installed:
            environment["LD_LIBRARY_PATH"] = str(self.installed)
        command = [sys.executable, "-c", PROGRAM, str(self.headers), *names]
        return int(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)

    def test_headers_made_for_the_installation_are_used(self):
        shipped = self.installed / "dijitso" / "cache"
        self.assertEqual(self.run_program(shipped, True, "first", "second"), 2)
        files = sorted((shipped / "pch").iterdir())
        self.assertEqual(len(files), 1)
        own = self.tmp / "own"
        self.assertEqual(self.run_program(own, True, "third"), 1)
        self.assertFalse((own / "pch").exists())
        self.assertEqual(sorted((shipped / "pch").iterdir()), files)

        self.assertEqual(self.run_program(own, False, "fourth"), 1)  # another installation makes its own
        self.assertEqual(len(list((own / "pch").iterdir())), 1)

    def test_modules_in_it_are_not_looked_for(self):
        self.run_program(self.installed / "dijitso" / "cache", True, "first")
        own = self.tmp / "own"
        self.run_program(own, True, "first")
        self.assertEqual(len(list((own / "obj").iterdir())), 1)

    def test_without_the_right_to_write_it_is_used_all_the_same(self):
        shipped = self.installed / "dijitso" / "cache"
        self.run_program(shipped, True, "first")
        for folder in (shipped / "pch", shipped):
            folder.chmod(0o555)
            self.addCleanup(folder.chmod, 0o755)
        own = self.tmp / "own"
        self.assertEqual(self.run_program(own, True, "second"), 1)
        self.assertFalse((own / "pch").exists())


if __name__ == "__main__":
    unittest.main()
