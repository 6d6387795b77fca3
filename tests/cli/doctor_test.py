"""dijitso-cache doctor: whether a machine and a directory are fit for a cache, and what to do when they are not."""
import json
import os

import cli


class Doctor(cli.CliTest):
    def checks(self, code, *args, run=None):
        done = (run or self.run_tool)("doctor", "--json", *args)
        self.assertEqual((done.returncode, done.stderr), (code, b""))
        document = json.loads(done.stdout)
        self.assertEqual(list(document), ["schema_version", "cache_dir", "checks"])
        found = {}
        for check in document["checks"]:
            self.assertEqual(list(check), ["what", "state", "found", "remedy"])
            self.assertEqual(check["remedy"] == "", check["state"] == "ok", check)
            found.setdefault(check["what"], []).append(check)
        return found

    def test_all_is_well_and_nothing_stays(self):
        self.cache.mkdir(mode=0o700)
        checks = self.checks(0)
        for what in ("directory", "writing", "O_EXCL", "links", "renaming", "executable memory", "compiler", "headers"):
            self.assertEqual([check["state"] for check in checks[what]], ["ok"], what)
        self.assertEqual(self.files(), {})
        self.assertEqual(list(self.cache.iterdir()), [])
        self.assertRegex(self.ok("doctor"), r"\nok       compiler: a function was compiled, linked and called\n")

    def test_a_directory_that_is_not_there(self):
        checks = self.checks(0, "--no-compile")
        self.assertIn("is made when it is needed", checks["directory"][0]["found"])
        self.assertNotIn("compiler", checks)
        self.assertFalse(self.cache.exists())
        self.assertNotIn("writing", self.checks(0, "-n"))

    def test_a_directory_that_is_refused(self):
        self.cache.mkdir()
        self.cache.chmod(0o777)
        check = self.checks(1, "--no-compile")["directory"][0]
        self.assertEqual(check["state"], "problem")
        self.assertIn("chmod o-w", check["remedy"])
        other = self.tmp / "other"
        other.mkdir(mode=0o700)
        self.assertEqual(self.checks(0, "--no-compile", other)["directory"][0]["state"], "ok")

    def test_a_directory_that_cannot_be_written(self):
        self.tmp.chmod(0o755)
        self.cache.mkdir(mode=0o755)
        done = self.run_as_nobody("doctor", "--no-compile", "/etc")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout.decode(), r"(?m)^problem  writing: is not possible: Permission denied; ")

    def test_read_only_directories(self):
        self.env["DIJITSO_CACHE_READONLY_DIRS"] = "%s %s" % (self.home, self.tmp / "none")
        checks = self.checks(0, "--no-compile")["read-only directory"]
        self.assertEqual([check["state"] for check in checks], ["ok", "warning"])

    def test_packages(self):
        self.env["DIJITSO_BUILD_PACKAGES"] = "zlib"
        check = self.checks(0, "--no-compile")["package"][0]
        self.assertEqual(check["state"], "ok")
        self.assertRegex(check["found"], "^'zlib' [0-9.]+ in '/usr/.*/zlib.pc' adds .*-lz$")
        self.env["DIJITSO_BUILD_PACKAGES"] = "nothing"
        check = self.checks(1, "--no-compile")["package"][0]
        self.assertEqual(check["state"], "problem")
        self.assertIn("nothing.pc is in none of ", check["found"])
        self.assertIn("PKG_CONFIG_PATH", check["remedy"])

    def test_code_that_cannot_be_compiled(self):
        self.env["DIJITSO_BUILD_CXXFLAGS"] = "-include nonexistent.h"
        check = self.checks(1)["compiler"][0]
        self.assertEqual(check["state"], "problem")
        self.assertIn("nonexistent.h", check["found"])
        self.assertIn("build.cxxflags", check["remedy"])

    def under_mdwe(self, *option):
        """Runs the tool where written memory cannot be made executable."""
        launcher = os.path.join(os.path.dirname(cli.BINARY), "under_mdwe")
        return lambda *args: self.run_tool(*args, under=(launcher, *option))

    def test_written_memory_that_may_not_be_executed(self):
        checks = self.checks(0, run=self.under_mdwe())
        self.assertIn("memory files", checks["executable memory"][0]["found"])
        self.assertEqual(checks["compiler"][0]["state"], "ok")

    def test_no_executable_memory_at_all(self):
        checks = self.checks(1, run=self.under_mdwe("--nothing"))
        check = checks["executable memory"][0]
        self.assertEqual(check["state"], "problem")
        self.assertIn("MemoryDenyWriteExecute", check["found"])
        self.assertIn("'dlopen'", check["remedy"])
        self.assertNotIn("compiler", checks)
        self.env["DIJITSO_CACHE_LIB_LOADER"] = "dlopen"
        checks = self.checks(1, run=self.under_mdwe("--nothing"))
        self.assertEqual(checks["executable memory"][0]["state"], "warning")
        self.assertEqual(checks["compiler"][0]["state"], "problem")  # the linker's files are memory files

    def test_without_the_compiler(self):
        """A copy of the tool that has no libdijitso-compiler beside it."""
        done = self.run_as_nobody("doctor", self.home)
        if cli.os.getuid() == 0:
            self.assertRegex(done.stdout.decode(), r"(?m)^warning  compiler: libdijitso-compiler is not installed; this machine can only use")


if __name__ == "__main__":
    cli.main()
