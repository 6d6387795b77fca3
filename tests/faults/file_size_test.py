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

    def test_a_library_that_can_be_written_though_its_entry_cannot(self):
        settings = {"DIJITSO_CACHE_LIB_LOADER": "dlopen"}
        self.assertEqual(self.run_limited("unlimited", **settings)[0], 0)
        size = {folder: max(file.stat().st_size for file in (self.cache / folder).iterdir()) for folder in ("obj", "lib")}
        self.assertLess(size["lib"] + 1, size["obj"])
        code, output, errors = self.run_limited(size["obj"] - 1, DIJITSO_CACHE_DIR=str(self.tmp / "other"), **settings)
        self.assertEqual(code, 0, errors)
        self.assertIn('"wrong": 0', output)
        self.assertEqual(errors.count("File too large"), 1, errors)

    def test_no_library_fits(self):
        """A shared library has to be a file; what it takes is said."""
        code, output, errors = self.run_limited(0, DIJITSO_CACHE_LIB_LOADER="dlopen")
        self.assertEqual((code, output), (64, ""))
        self.assertIn("File too large", errors)

    def test_a_trace_ends_with_a_warning(self):
        code, output, errors = self.run_limited(1, DIJITSO_TRACE=str(self.tmp / "trace.json"))
        self.assertEqual(code, 0, errors)
        self.assertIn("trace.json' ends here: ", errors)


if __name__ == "__main__":
    faults.main()
