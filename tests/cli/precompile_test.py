"""dijitso-cache precompile: what is made, where, for whom, and what is refused. Real clients are in tests/programs/layer_test.py."""
import pathlib

import cli

LARGE = "#pragma once\n#include <vector>\n" + "// This line says nothing.\n" * 50_000


class Precompile(cli.CliTest):
    def setUp(self):
        super().setUp()
        self.headers = self.tmp / "headers"
        self.headers.mkdir()
        (self.headers / "ufc.h").write_text(LARGE)
        (self.headers / "broken.h").write_text(LARGE + "this is no declaration;\n")
        self.source = self.tmp / "source.cpp"
        self.source.write_text('#include <ufc.h>\n#include <vector>\nint answer() { return 42; }\n')

    def headers_of(self, *args):
        return self.json("precompile", "-I", self.headers, "--json", *args)["headers"]

    def pch(self, cache=None):
        return sorted(((cache or self.cache) / "pch").glob("*"))

    def test_a_client(self):
        (made,) = self.headers_of("--for", "ffc")
        self.assertEqual((made["what"], made["state"], made["reason"]), ("FFC", "made", ""))
        self.assertEqual(made["includes"], ["<algorithm>", "<iostream>", "<stdexcept>", "<ufc.h>"])
        (file,) = self.pch()
        self.assertLess(made["bytes"], file.stat().st_size)
        before = file.stat().st_mtime_ns
        self.assertEqual(self.headers_of("--for", "ffc"), [{**made, "state": "present"}])
        self.assertRegex(self.ok("precompile", "--for", "ffc", "-I", self.headers),
                         r"\Apresent FFC: [0-9.]+ [KM]iB, <algorithm> <iostream> <stdexcept> <ufc.h>\n\Z")
        self.assertEqual(len(self.pch()), 1)
        self.assertGreaterEqual(file.stat().st_mtime_ns, before)

    def test_ffcx_has_two_kinds_of_numbers(self):
        (self.headers / "ufcx.h").write_text("#pragma once\n" + "// This line says nothing.\n" * 12_000)
        made = self.headers_of("--for", "dolfinx")
        self.assertEqual([(one["what"], one["state"]) for one in made], [("FFCx", "made"), ("FFCx, complex numbers", "made")])
        self.assertEqual(made[1]["includes"], ["<complex.h>", *made[0]["includes"]])

    def test_flags_and_several_names(self):
        made = self.headers_of("--for", "ffc", "--for", self.source, "--flags", "-O3 -DX=1")
        self.assertEqual([(one["what"], one["state"]) for one in made], [("FFC", "made"), (str(self.source), "made")])
        self.assertEqual(made[1]["includes"], ["<ufc.h>", "<vector>"])
        self.assertEqual(self.headers_of("--for", "ffc")[0]["state"], "made")  # other flags
        self.assertEqual(len(self.pch()), 3)

    def test_modules_of_jit(self):
        self.assertEqual(self.headers_of("--for", self.source, "--module")[0]["state"], "made")
        self.assertEqual(self.headers_of("--for", self.source)[0]["state"], "made")
        self.env["DIJITSO_BUILD_CXXFLAGS"] = "-DX=1"
        self.assertEqual(self.headers_of("--for", self.source, "--module")[0]["state"], "made")
        self.assertEqual(self.headers_of("--for", self.source)[0]["state"], "present")  # has flags of its own

    def test_headers_that_changed(self):
        self.headers_of("--for", "ffc")
        (self.headers / "ufc.h").write_text(LARGE + "// another line\n")
        self.assertEqual(self.headers_of("--for", "ffc")[0]["state"], "made")

    def test_small_headers(self):
        self.source.write_text("#include <stdio.h>\n")
        (small,) = self.headers_of("--for", self.source)
        self.assertEqual((small["state"], small["bytes"], small["reason"]), ("small", 0, "parsed as fast, so nothing is kept"))
        (note,) = self.pch()  # only that they are small
        self.assertLess(note.stat().st_size, 10_000)

    def refused(self, *args):
        done = self.run_tool("precompile", "-I", self.headers, *args)
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        self.assertEqual(self.pch(), [])
        return done.stdout.decode()

    def test_refused(self):
        self.source.write_text("#include <broken.h>\n")
        self.assertRegex(self.refused("--for", self.source), r"\Arefused .*: <broken.h>: %s/broken.h:50003:1: error: expected unqualified-id\n\Z" % self.headers)
        self.source.write_text("#include <missing.h>\n")
        self.assertRegex(self.refused("--for", self.source), r": <missing.h>: fatal error: 'missing.h' file not found\n\Z")
        self.source.write_text("int answer() { return 42; }\n")
        self.assertIn("does not begin with #include lines", self.refused("--for", self.source))
        self.source.write_text("#include <ufc.h>\n")
        self.assertIn("does not begin with #include lines", self.refused("--for", self.source, "--flags=-g"))

    def test_what_was_found_out_is_kept(self):
        (self.headers / "ufc.h").write_text(LARGE + "inline const char *day() { return __DATE__; }\n")
        first, second = (self.run_tool("precompile", "-I", self.headers, "--for", self.source) for _ in range(2))
        self.assertEqual((first.returncode, second.returncode), (1, 1))
        self.assertIn(b"__DATE__", first.stdout)
        self.assertEqual(first.stdout, second.stdout)
        self.assertLess(sum(file.stat().st_size for file in self.pch()), 20_000)

    def test_clients_that_are_not_installed(self):
        nowhere = self.tmp / "nowhere"
        self.env.update(PKG_CONFIG_LIBDIR=str(nowhere), PYTHONPATH=str(nowhere), VIRTUAL_ENV=str(nowhere))
        for client, header in (("dolfin", "dolfin.h"), ("petsc", "petsc.h"), ("eigen", "Eigen/Dense")):
            message = self.fails(1, "precompile", "--for", client)
            self.assertRegex(message, r"the client '%s' is not installed: its header %s is missing; .*%s.*; install" % (client, header, nowhere))
        # Without its directory, FFC may be found on this machine.
        (nowhere / "ffc/backends/ufc").mkdir(parents=True)
        (nowhere / "ffc/backends/ufc/ufc.h").write_text(LARGE)
        self.assertEqual(self.json("precompile", "--for", "ffc", "--json")["headers"][0]["state"], "made")
        states = {one["what"]: one["state"] for one in self.json("precompile", "--for", "installed", "--json")["headers"]}
        self.assertEqual((states["dolfin"], states["FFC"], states["petsc"], states["eigen"]), ("absent", "present", "absent", "absent"))

    def test_a_package_without_its_header(self):
        packages = self.tmp / "packages"
        packages.mkdir()
        (packages / "petsc.pc").write_text("Name: petsc\nDescription: d\nVersion: 3\nCflags: -I%s\n" % self.home)
        self.env["PKG_CONFIG_LIBDIR"] = str(packages)
        self.assertRegex(self.fails(1, "precompile", "--for", "petsc"),
                         r"the client 'petsc' is not installed: its header petsc.h is missing; it is in none of %s, .*/usr/include: install "
                         r"libpetsc-real-dev, or name its directory with --include-dir\n\Z" % self.home)

    def test_wrong_usage(self):
        self.assertIn("--for is required", self.fails(64, "precompile"))
        self.assertRegex(self.fails(64, "precompile", "--for", "dolfinn"),
                         r"'dolfinn' is neither a file nor a client; the nearest client is 'dolfin', all are dolfin, .*installed")
        self.assertIn("either --layer or --cache-dir", self.fails(64, "precompile", "--for", "ffc", "--layer", "-r", self.cache))
        self.assertIn("--flags has no effect with --module",
                      self.fails(64, "precompile", "--for", self.source, "--module", "--flags=-O3"))
        self.assertIn("cannot be precompiled", self.fails(1, "precompile", "--for", self.home))

    def test_nothing_can_be_kept(self):
        self.env["DIJITSO_BUILD_PCH"] = "off"
        self.assertIn("build.pch is 'off'", self.fails(1, "precompile", "-I", self.headers, "--for", "ffc"))
        self.env.update(DIJITSO_BUILD_PCH="auto", DIJITSO_CACHE_USE_DISK="no")
        self.assertRegex(self.fails(1, "precompile", "-I", self.headers, "--for", "ffc"),
                         r"cannot be kept in the cache directory '%s'" % self.cache)

    def installed(self):
        """The libraries, as if installed in a directory of their own."""
        folder = self.tmp / "lib"
        folder.mkdir()
        for library in (pathlib.Path(cli.BINARY).resolve().parents[1] / "lib").glob("libdijitso*.so*"):
            (folder / library.name).symlink_to(library)
        self.env["LD_LIBRARY_PATH"] = str(folder)
        return folder / "dijitso" / "cache"

    def test_the_layer_beside_the_library(self):
        layer = self.installed()
        self.env["DIJITSO_CACHE_READONLY_DIRS"] = str(self.cache)
        self.headers_of("--for", "ffc")
        made = self.json("precompile", "-I", self.headers, "--for", "ffc", "--layer", "--json")
        self.assertEqual((made["cache_dir"], made["headers"][0]["state"]), (str(layer), "made"))
        self.assertEqual([path.name for path in layer.iterdir()], ["pch"])
        for path in (layer.parent, layer, layer / "pch"):
            self.assertEqual(path.stat().st_mode & 0o055, 0o055, path)
        (file,) = self.pch(layer)
        self.assertEqual(file.stat().st_mode & 0o044, 0o044)
        # Everybody's cache has it now.
        self.assertEqual(self.json("-r", self.tmp / "other", "precompile", "-I", self.headers, "--for", "ffc", "--json")["headers"][0]["state"],
                         "present")
        self.assertFalse((self.tmp / "other/pch").exists() and self.pch(self.tmp / "other"))


if __name__ == "__main__":
    cli.main()
