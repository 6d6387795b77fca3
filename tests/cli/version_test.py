"""dijitso-cache version"""
import re

import cli


class Version(cli.CliTest):
    def test_prints_the_bare_version(self):
        self.assertRegex(self.ok("version"), r"\A\d+\.\d+\.\d+\n\Z")
        self.assertEqual(self.ok("--version"), self.ok("version"))

    def test_json_says_what_the_cache_depends_on(self):
        document = self.json("version", "--json")
        self.assertEqual(document["version"] + "\n", self.ok("version"))
        self.assertIsInstance(document["entry_schema"], int)
        self.assertRegex(document["llvm_version"], r"^22\.\d+\.\d+$")
        self.assertTrue(document["llvm_revision"])
        self.assertRegex(document["host_triple"], r"^\w+-\w+-linux")
        self.assertEqual(document["host_features"], sorted(document["host_features"]))

    def test_needs_no_cache_directory_and_creates_nothing(self):
        self.ok("version")
        self.assertEqual(list(self.home.iterdir()), [])
        self.assertFalse(self.cache.exists())

    def test_no_command_loads_llvm_or_clang(self):
        self.env["LD_DEBUG"] = "files"
        self.add("src/m.cpp", "int f();\n")
        for args in (["version", "--json"], ["config"], ["show"], ["grep", "--pattern", "f"], ["clean"],
                     ["grepfunction", "--name", "f"], ["checkout", "--signature", "m"]):
            loaded = set(re.findall(r"file=(\S+)", self.run_tool(*args).stderr.decode()))
            self.assertTrue(any("libdijitso.so" in name for name in loaded), loaded)
            self.assertFalse([name for name in loaded if re.search("LLVM|clang|lld|dijitso-(orc|compiler)", name)])


if __name__ == "__main__":
    cli.main()
