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

    def test_threads_are_in_the_library(self):
        """They go on to the very end, whichever thread ends the process."""
        for loader in ("orc", "dlopen"):
            for how in ("main", "thread", "main-thread-ends"):
                for _ in range(3):
                    with self.subTest(loader=loader, how=how):
                        worker = self.start(loader, how, program="exit_worker")
                        self.assertEqual(("", ""), worker.communicate(timeout=120))
                        self.assertEqual(worker.returncode, 0)

    def test_what_asks_at_the_end_gets_an_answer(self):
        exiting = "the process is exiting: nothing can be linked any more"
        for loader, answer in (("orc", exiting), ("dlopen", "value 5")):
            for how in ("static", "handler"):
                for state in ("compiled", "cached"):
                    with self.subTest(loader=loader, how=how, state=state):
                        worker = self.start(loader, how, program="exit_worker")
                        self.assertEqual((answer + "\n", ""), worker.communicate(timeout=120))
                        self.assertEqual(worker.returncode, 0)


if __name__ == "__main__":
    faults.main()
