"""dijitso-cache config: every parameter with its value and origin."""
import cli


class Config(cli.CliTest):
    def origin_of(self, key, *args):
        document = self.json(*args, "config", "--key", key, "--json")
        self.assertEqual(key, "%s.%s" % (document["category"], document["name"]))
        return document["value"], document["origin"]

    def test_table_has_every_documented_parameter_with_its_origin(self):
        rows = {line.split()[0]: line for line in self.ok("config").splitlines()}
        for name in ("cache", "build", "cache_dir", "inc_dir", "src_dir", "lib_dir", "log_dir", "comm_dir",
                     "fail_dir_root", "temp_dir_root", "enable_build_log", "src_storage", "src_postfix", "log_postfix",
                     "inc_postfix", "lib_postfix", "lib_prefix", "lib_basename", "lib_loader", "cxx", "cxxflags",
                     "cxxflags_debug", "cxxflags_opt", "include_dirs", "rpath_dirs", "libs", "debug"):
            self.assertIn(name, rows)
        self.assertRegex(rows["cache_dir"], r"environment DIJITSO_CACHE_DIR$")
        self.assertRegex(rows["src_dir"], r"^  src_dir +src +default$")
        self.assertRegex(rows["fail_dir_root"], r"\(none\) +default$")

    def test_json_has_typed_values(self):
        params = self.json("config", "--json")["params"]
        self.assertEqual(params["cache"]["cache_dir"], {"value": str(self.cache), "origin": "environment DIJITSO_CACHE_DIR"})
        self.assertEqual(params["cache"]["enable_build_log"], {"value": True, "origin": "default"})
        self.assertEqual(params["cache"]["fail_dir_root"], {"value": None, "origin": "default"})
        self.assertIn("-fPIC", params["build"]["cxxflags"]["value"])
        self.assertEqual(params["build"]["libs"]["value"], [])

    def test_key_prints_the_bare_value(self):
        self.assertEqual(self.ok("config", "--key", "cache.src_dir"), "src\n")
        self.assertEqual(self.ok("config", "--key", "src_dir"), "src\n")
        self.assertEqual(self.ok("config", "--key", "cache.fail_dir_root"), "\n")
        self.assertEqual(self.ok("config", "--key", "build.debug"), "false\n")
        self.assertEqual(self.ok("config", "--key", "cache_dir"), "%s\n" % self.cache)

    def test_a_list_is_printed_as_a_shell_would_take_it(self):
        self.env["DIJITSO_BUILD_CXXFLAGS_OPT"] = "-O1 '-DTEXT=a b' \"-DQUOTE='\""
        self.assertEqual(self.ok("config", "--key", "build.cxxflags_opt"), "-O1 '-DTEXT=a b' '-DQUOTE='\\'''\n")
        value, origin = self.origin_of("build.cxxflags_opt")
        self.assertEqual(value, ["-O1", "-DTEXT=a b", "-DQUOTE='"])
        self.assertEqual(origin, "environment DIJITSO_BUILD_CXXFLAGS_OPT")

    def test_unknown_key_is_a_usage_error_that_names_the_nearest(self):
        for key, named in (("cache.src_dri", "the nearest is 'cache.src_dir'"), ("libz", "the nearest is 'libs'"),
                             ("build.src_dir", "'build.src_dir'"), ("", "''"), ("a\nb", "'a\\x0ab'")):
            message = self.fails(64, "config", "--key", key)
            self.assertIn("--key: there is no parameter '", message)
            self.assertIn(named, message)
            self.assertIn("dijitso-cache config --help", message)
            self.assertEqual(message.count("\n"), 2)

    def test_layers_default_file_environment_runtime(self):
        del self.env["DIJITSO_CACHE_DIR"]
        default, origin = self.origin_of("cache.cache_dir")
        self.assertTrue(default.startswith(str(self.home)), default)
        self.assertEqual(origin, "default")
        file = self.configure("[cache]\ncache_dir = %s\nsrc_dir = code\n" % (self.tmp / "from-file"))
        self.assertEqual(self.origin_of("cache.cache_dir"), (str(self.tmp / "from-file"), "config file %s" % file))
        self.env["DIJITSO_CACHE_DIR"] = str(self.tmp / "from-env")
        self.assertEqual(self.origin_of("cache.cache_dir"),
                         (str(self.tmp / "from-env"), "environment DIJITSO_CACHE_DIR"))
        self.assertEqual(self.origin_of("cache.cache_dir", "--cache-dir", self.tmp / "given"),
                         (str(self.tmp / "given"), "runtime"))
        self.assertEqual(self.origin_of("cache.src_dir"), ("code", "config file %s" % file))

    def test_flags_of_the_configuration_file_are_split(self):
        self.configure("[build]\ncxxflags_opt = -O1 -g\ndebug = yes\n")
        self.assertEqual(self.origin_of("build.cxxflags_opt")[0], ["-O1", "-g"])
        self.assertEqual(self.origin_of("build.debug")[0], True)

    def test_a_mistake_in_file_or_environment_is_one_line_that_names_it(self):
        self.env["DIJITSO_BUILD_DEBUG"] = "perhaps"
        message = self.fails(1, "config")
        self.assertIn("DIJITSO_BUILD_DEBUG", message)
        self.assertEqual(message.count("\n"), 1)
        del self.env["DIJITSO_BUILD_DEBUG"]
        self.configure("[cache]\nsrc_dri = code\n")
        message = self.fails(1, "config")
        self.assertIn("src_dri", message)
        self.assertIn("src_dir", message)
        self.assertEqual(message.count("\n"), 1)

    def test_creates_nothing(self):
        self.ok("config")
        self.assertFalse(self.cache.exists())


if __name__ == "__main__":
    cli.main()
