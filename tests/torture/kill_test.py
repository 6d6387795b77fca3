"""SIGKILL at every system call that touches a file: the next run is right, waits for nobody, and clears what was left."""
import torture


class Killed(torture.TortureTest):
    def check_command(self, command, saved=None, each=6, **environment):
        self.restore(saved)
        numbers = self.calls_of(command, torture.CHANGES, **environment)
        points = torture.part([(call, number) for call in sorted(numbers) for number in torture.sample(numbers[call], each)])
        killed = 0
        for call, number in points:
            with self.subTest(command=command, call=call, number=number):
                self.restore(saved)
                killed += self.injected(command, call, number, "signal=KILL", **environment).code == -9
                result = self.counters("torture_worker", "module", "a", **environment)
                self.assertEqual(result["waits"], 0)
                self.assertEqual(result["quarantined"], 0)
                again = self.counters("torture_worker", "module", "a", **environment)
                self.assertEqual((again["compiles"], again["disk_hits"]), (0, 2))
                self.must_run("dijitso-cache", "verify")
                # Whoever publishes next clears what was left; what is derived from an entry that is gone, verify removes.
                self.must_run("torture_worker", "module", "next", **environment)
                self.assertEqual(self.leftovers(), [])
                self.run_program(("dijitso-cache", "verify", "--all", "--repair"))
                self.must_run("dijitso-cache", "verify", "--all")
        print("%s: %d of %d runs were killed" % (command, killed, len(points)), flush=True)
        self.assertGreater(killed, len(points) // 2)

    def filled(self):
        for name in ("a", "b", "c"):
            self.must_run("torture_worker", "module", name)
        return self.save()

    def test_cold(self):
        for loader in ("orc", "dlopen"):
            self.check_command(("torture_worker", "module", "a"), DIJITSO_CACHE_LIB_LOADER=loader)

    def test_hit(self):
        self.check_command(("torture_worker", "module", "a"), self.filled(), each=3)

    def test_precompiling(self):
        self.check_command(self.headers_command(), each=2)

    def test_commands(self):
        saved = self.filled()
        archive = self.tmp / "archive.tar.zst"
        self.must_run("dijitso-cache", "export", "--all", "--output", archive)
        for command in (("gc", "--max-size", "1"), ("clean",), ("export", "--all", "--output", self.tmp / "new.tar.zst"),
                        ("verify", "--all", "--repair"), ("pin", "a"), ("import", archive)):
            with self.subTest(command=command):
                self.check_command(("dijitso-cache", *command), saved if command[0] != "import" else None, each=3)

    def test_many_in_one_directory(self):
        """What killed processes leave does not grow."""
        numbers = self.calls_of(("torture_worker", "module", "a"), torture.CHANGES)
        for number in torture.sample(numbers["write"] | numbers["openat"], 10):
            for call in ("write", "openat", "linkat", "link"):
                if number in numbers[call]:
                    self.injected(("torture_worker", "module", "n%d" % number), call, number, "signal=KILL")
        self.must_run("torture_worker", "module", "last")
        self.assertEqual(self.leftovers(), [])


if __name__ == "__main__":
    torture.main()
