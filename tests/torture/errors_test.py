"""A system call fails once: the right answer or one dijitso::Error (one line and an exit code from commands), and the next run is right.

"Once" is once in each thread: strace counts the calls of each for itself."""
import torture

LOADERS = ("orc", "dlopen")


class Failing(torture.TortureTest):
    def outcome(self, command, run, call):
        """What happened, in a word; the test fails when it is none of what may happen."""
        if run.code == 127 and "error while loading shared libraries" in run.errors:
            return "not started"  # the numbers of other threads' calls are also those of calls that start the program
        if command[0] == "torture_worker":
            self.assertIn(run.code, (0, 2), run)
            if run.code == 2:
                self.assertRegex(run.output, r"^error: .{20,}")
            return "right" if run.code == 0 else "error"
        self.assertIn(run.code, range(0, 8), run)
        if run.code != 0 and command[1] != "verify" and call != "write":  # where the line itself may be what failed
            self.assertRegex(run.errors, r"^dijitso(-cache)?.*: .+", run)
        return "right" if run.code == 0 else "error"

    def check_command(self, command, saved=None, calls=2, errors=2, **environment):
        self.restore(saved)
        numbers = self.calls_of(command, torture.FILES, **environment)
        tally = {"right": 0, "error": 0, "not started": 0}
        points = [(call, number, error) for call in sorted(numbers) for number in torture.sample(numbers[call], calls)
                  for error in torture.sample(torture.ERRORS, errors)]
        for call, number, error in torture.part(points):
            with self.subTest(command=command, call=call, number=number, error=error, **environment):
                self.restore(saved)
                run = self.injected(command, call, number, "error=" + error, **environment)
                tally[self.outcome(command, run, call)] += 1
                self.must_run("torture_worker", "module", "a", **environment)
        print(command, environment, tally, "of", len(points), flush=True)
        self.assertGreater(tally["right"], 0)

    def filled(self, **environment):
        for name in ("a", "b"):
            self.must_run("torture_worker", "module", name, **environment)
        return self.save()

    def test_cold(self):
        for loader in LOADERS:
            self.check_command(("torture_worker", "module", "a"), DIJITSO_CACHE_LIB_LOADER=loader)

    def test_hit(self):
        for loader in LOADERS:
            self.restore(None)
            environment = {"DIJITSO_CACHE_LIB_LOADER": loader}
            self.check_command(("torture_worker", "module", "a"), self.filled(**environment), **environment)

    def test_precompiling(self):
        self.check_command(self.headers_command(), calls=1, errors=1)

    def test_commands(self):
        saved = self.filled()
        archive = self.tmp / "archive.tar.zst"
        self.must_run("dijitso-cache", "export", "--all", "--output", archive)
        commands = [("show",), ("grep", "--pattern", "base"), ("gc", "--max-size", "1"), ("clean",), ("verify", "--all"),
                    ("verify", "--all", "--repair"), ("pin", "a"), ("stats",), ("deps", "a"), ("locks",), ("inspect", "a"),
                    ("export", "--all", "--output", self.tmp / "new.tar.zst"), ("import", archive)]
        for command in commands:
            self.check_command(("dijitso-cache", *command), saved, calls=1, errors=1)


if __name__ == "__main__":
    torture.main()
