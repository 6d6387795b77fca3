"""Under a limit on the size of files (ulimit -f) a write fails like any other, and does not end the program."""

import faults


class FileSize(faults.FaultTest):
    def run_limited(self, limit, **environment):
        worker = self.start("one", prefix=("/usr/bin/prlimit", "--fsize=%s" % limit), **environment)
        output, errors = worker.communicate()
        return worker.returncode, output, errors

    def test_nothing_can_be_written(self):
        for perf in ("0", "1"):
            code, output, errors = self.run_limited(0, DIJITSO_CACHE_LIB_LOADER="orc", DIJITSO_PERF=perf)
            self.assertEqual(code, 0, errors)
            self.assertIn('"wrong": 0', output)
            self.assertEqual(errors.count("File too large"), 1 + int(perf), errors)

    def test_no_library_fits(self):
        """A shared library has to be a file, in memory too, so there is no way on; what it takes is said."""
        code, output, errors = self.run_limited(0, DIJITSO_CACHE_LIB_LOADER="dlopen")
        self.assertEqual((code, output), (64, ""))
        self.assertRegex(errors, "File too large.*ulimit -f.*orc")

    def test_a_trace_ends_with_a_warning(self):
        code, output, errors = self.run_limited(400, DIJITSO_TRACE=str(self.tmp / "trace.json"))
        self.assertEqual(code, 0, errors)
        self.assertIn("trace.json' ends here: ", errors)


if __name__ == "__main__":
    faults.main()
