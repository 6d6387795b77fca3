"""Help and wrong usage of dijitso-cache."""
import cli

COMMANDS = ("version", "config", "show")


class Usage(cli.CliTest):
    def test_no_arguments_print_help_on_standard_error(self):
        message = self.fails(64)
        for word in ("Usage: dijitso-cache", *COMMANDS):
            self.assertIn(word, message)

    def test_help_goes_to_standard_output(self):
        text = self.ok("--help")
        for word in ("--cache-dir", "DIJITSO_CACHE_DIR", "Exit code", *COMMANDS):
            self.assertIn(word, text)
        self.assertEqual(self.ok("-h"), text)

    def test_every_command_has_help_with_its_options(self):
        for command, options in (("version", ["--json"]), ("config", ["--key", "--json"]),
                                 ("show", ["--categories", "--no-summary", "--files", "--signatures", "--json"])):
            text = self.ok(command, "--help")
            self.assertIn("Usage: dijitso-cache " + command, text)
            for option in options:
                self.assertIn(option, text)

    def test_wrong_usage_names_the_argument_and_the_help(self):
        for args, name, helped in (
            (["shwo"], "shwo", "dijitso-cache"),
            (["--nonsense"], "--nonsense", "dijitso-cache"),
            (["show", "--nonsense"], "--nonsense", "dijitso-cache show"),
            (["show", "extra"], "extra", "dijitso-cache show"),
            (["version", "show"], "show", "dijitso-cache version"),
            (["config", "--key"], "--key", "dijitso-cache config"),
            (["show", "--cache-dir"], "--cache-dir", "dijitso-cache show"),
            (["show", "--cache-dir", ""], "--cache-dir", "dijitso-cache show"),
            (["show", "--cache-dir", "a", "--cache-dir", "b"], "--cache-dir", "dijitso-cache show"),
            (["show", "--verbose", "loud"], "--verbose", "dijitso-cache show"),
            (["show", "--json=maybe"], "--json", "dijitso-cache show"),
            (["--cache-dir", "x"], "no command", "dijitso-cache"),
        ):
            message = self.fails(64, *args)
            self.assertIn(name, message)
            self.assertTrue(message.endswith("Try '%s --help'.\n" % helped), message)
            self.assertEqual(message.count("\n"), 2, message)

    def test_log_level_is_taken_in_either_case(self):
        self.assertIn("total", self.ok("-v", "error", "show"))
        self.assertIn("total", self.ok("show", "--verbose", "ERROR"))


if __name__ == "__main__":
    cli.main()
