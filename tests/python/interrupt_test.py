"""A signal whose handler raises an exception, as Ctrl-C does, is raised where jit waits, long before that has come to an end."""
import contextlib
import os
import signal
import subprocess
import sys
import threading
import unittest

import dijitso
from package import ANSWER, PYTHONPATH, PackageTest, gives, never

# Takes a second or more to compile.
LONG = "".join(f"template <int N> struct T{i} {{ static constexpr int value = T{i}<N - 1>::value + 1; }};\n"
               f"template <> struct T{i}<0> {{ static constexpr int value = 0; }};\nstatic_assert(T{i}<800>::value == 800);\n"
               for i in range(40)) + ANSWER

# A process that generates until its standard input is closed.
BUILDER = """
import dijitso, sys
def generate(*args):
    print("builds", flush=True)
    sys.stdin.read()
    return "", sys.argv[1], ()
dijitso.jit(None, "m", {}, generate)
"""


class InterruptTest(PackageTest):
    @contextlib.contextmanager
    def interrupted(self):
        """Ctrl-C, a moment after this has begun; it must be raised in here."""
        timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
        with self.assertRaises(KeyboardInterrupt):
            timer.start()
            yield
        timer.join()

    def test_waiting_for_a_compile(self):
        with self.interrupted():
            self.jit("m", LONG)
        lib, counted = self.counted(lambda: self.jit("m", LONG))
        self.assertEqual((lib.answer(), counted.get("compiles", 0), counted["published"]), (42, 0, 1))

    def test_waiting_for_what_was_begun_before(self):
        for name, wait in (("m", lambda future: future.result()), ("n", lambda future: dijitso._dijitso.wait_for_background())):
            future = dijitso.jit_async(None, name, self.params, gives(LONG + "// " + name))
            with self.interrupted():
                wait(future)
            self.assertFalse(future.is_ready())
            self.assertEqual(future.result().answer(), 42)

    def test_using_a_library_inside_generate(self):
        def generate(*args):
            lib = self.jit("inner", LONG)
            with self.interrupted():
                lib.answer()
            raise ValueError("mine")

        with self.assertRaisesRegex(ValueError, "mine"):
            dijitso.jit(None, "outer", dijitso.validate_params({"build": {"jobs": 4}}), generate)

    def test_waiting_for_another_thread(self):
        entered, go_on = threading.Event(), threading.Event()

        def generate(*args):
            entered.set()
            go_on.wait()
            return "", ANSWER, ()

        thread = threading.Thread(target=lambda: dijitso.jit(None, "m", self.params, generate))
        thread.start()
        entered.wait()
        with self.interrupted():
            dijitso.jit(None, "m", self.params, never)
        go_on.set()
        thread.join()
        self.assertEqual(self.jit("m", "wrong").answer(), 42)

    def test_waiting_for_another_process(self):
        builder = subprocess.Popen([sys.executable, "-B", "-c", BUILDER, ANSWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   env={**os.environ, "PYTHONPATH": PYTHONPATH})
        with builder:
            builder.stdout.readline()
            with self.interrupted():
                dijitso.jit(None, "m", self.params, never)
            builder.stdin.close()
        self.assertEqual(dijitso.jit(None, "m", self.params, never)[0].answer(), 42)

    def test_other_threads_that_wait_go_on(self):
        """The one that was interrupted had begun to generate, or was about to."""
        waits = dijitso._dijitso.counters()["waits"]
        libraries = []
        thread = threading.Thread(target=lambda: libraries.append(self.jit("m")))

        def generate(*args):
            thread.start()
            while dijitso._dijitso.counters()["waits"] == waits:
                pass
            with self.interrupted():
                while True:
                    pass
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            dijitso.jit(None, "m", self.params, generate)
        thread.join()
        self.assertEqual(libraries[0].answer(), 42)

    def test_handlers_that_raise_nothing_are_called(self):
        called = threading.Event()
        entered = threading.Event()
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, lambda *args: called.set()))

        def generate(*args):
            entered.set()
            called.wait()  # the other thread is the one that handles signals
            return "", ANSWER, ()

        thread = threading.Thread(target=lambda: dijitso.jit(None, "m", self.params, generate))
        thread.start()
        entered.wait()
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        self.assertEqual(self.jit("m", "wrong").answer(), 42)
        thread.join()


if __name__ == "__main__":
    unittest.main()
