"""Programs that end while compiled code is loaded: they end well, and the static destructors of that code run once."""

import faults


class ProcessExit(faults.FaultTest):
    def ends_well(self, how):
        for state in ("compiled", "cached"):
            worker = self.start(how)
            output, errors = worker.communicate()
            self.assertEqual((worker.returncode, errors), (0, ""), state)
            self.assertEqual(output.split(), ["constructed", "destroyed"], state)

    def test_return_from_main(self):
        self.ends_well("exit-main")

    def test_exit_by_the_caller(self):
        self.ends_well("exit-call")

    def test_exit_by_the_code_itself(self):
        self.ends_well("exit-within")

    def test_library_in_static_storage(self):
        self.ends_well("exit-global")

    def test_headers_are_being_precompiled(self):
        """The end waits for the thread that does it, but not for all of its work, before the compiler's own objects go."""
        for how in ("exit-main", "exit-call", "exit-within", "exit-global"):
            worker = self.start(how, DIJITSO_CACHE_DIR=str(self.tmp / how))
            output, errors = worker.communicate()
            self.assertEqual((worker.returncode, errors), (0, ""), how)
            self.assertEqual(output.split(), ["constructed", "destroyed"], how)
            left = [path.name for folder in ("tmp", "claims") for path in (self.tmp / how / folder).iterdir()]
            self.assertEqual(left, [], how)


if __name__ == "__main__":
    faults.main()
