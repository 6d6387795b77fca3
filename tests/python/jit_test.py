"""jit from Python: callbacks, recursion, threads."""
import logging
import threading
import unittest

import dijitso
import numpy
from dijitso.errors import CommunicationError, CompileFailed, DijitsoError, GenerateFailed, InvalidArgument
from package import ANSWER, PackageTest, gives, never


class JitTest(PackageTest):
    def test_generate_gets_the_objects_of_the_caller(self):
        jitable, seen = object(), []

        def generate(*args):
            seen.append(args)
            return "", ANSWER, ()

        params = {"generator": {"a": None, "nested": {"x": [1, 2.5]}, "t": ("u", 3)}}
        lib, signature = dijitso.jit(jitable, "m", params, generate)
        self.assertEqual((lib.answer(), signature), (42, "m"))
        [(given, name, given_signature, generator)] = seen
        self.assertIs(given, jitable)
        self.assertEqual((name, given_signature), ("m", "m"))
        self.assertIs(generator, params["generator"])

    def test_texts_may_be_bytes_and_the_header_none(self):
        lib = dijitso.jit(None, b"m", None, lambda *args: (None, ANSWER.encode(), None))[0]
        self.assertEqual(lib.answer(), 42)

    def test_a_name_that_is_no_text(self):
        for name in (5, None, ["m"]):
            with self.assertRaisesRegex(InvalidArgument, r"the name of a module must be a text, not (5|None|\['m'\])"):
                dijitso.jit(None, name, self.params, never)

    def test_recursion(self):
        made = []

        def generate(depth, name, signature, generator):
            made.append(name)
            if depth == 0:
                return f"int {name}();", f"int {name}() {{ return 1; }}", ()
            below = dijitso.jit(depth - 1, f"m{depth - 1}", self.params, generate)[1]
            source = f'#include <{below}.h>\nint {name}() {{ return 1 + {below}(); }}\n' + \
                     f'extern "C" int value() {{ return {name}(); }}'
            return f"int {name}();", source, [below]

        (lib, signature), counted = self.counted(lambda: dijitso.jit(6, "m6", self.params, generate))
        self.assertEqual(lib.value(), 7)
        self.assertEqual(made, [f"m{i}" for i in range(6, -1, -1)])
        self.assertEqual(counted["compiles"], 7)

    def test_a_circle_is_an_error(self):
        def generate(*args):
            dijitso.jit(None, "m", self.params, generate)

        with self.assertRaisesRegex(GenerateFailed, "needs 'm' itself"):
            dijitso.jit(None, "m", self.params, generate)

    def test_what_generate_returns_is_checked(self):
        for result, message in ((None, r"must return a tuple \(header, source, dependencies\), not None"),
                                (("", ANSWER), "must return a tuple"),
                                ((1, ANSWER, ()), "a text as header"),
                                (("", None, ()), "a text as source"),
                                (("", ANSWER, "base"), "a tuple of signatures"),
                                (("", ANSWER, (3,)), "a tuple of signatures")):
            with self.assertRaisesRegex(GenerateFailed, message):
                dijitso.jit(None, "m", self.params, lambda *args: result)

    def test_a_miss_without_callbacks(self):
        with self.assertRaisesRegex(InvalidArgument, "not in the cache"):
            dijitso.jit(None, "m", self.params)

    def test_another_process_finds_it(self):
        self.jit("m")
        script = ("import dijitso; lib = dijitso.jit(None, 'm', {})[0]; "
                  "print(lib.answer(), dijitso._dijitso.counters()['compiles'])")
        self.assertEqual(self.run_python("-c", script), "42 0\n")

    def test_threads_that_want_one_module(self):
        generated, results = [], []
        together = threading.Barrier(8)

        def generate(*args):
            generated.append(1)
            return "", "#include <map>\n#include <string>\n" + ANSWER, ()

        def work():
            together.wait()
            results.append(dijitso.jit(None, "m", self.params, generate)[0])

        threads = [threading.Thread(target=work) for _ in range(8)]
        _, counted = self.counted(lambda: [thread.start() for thread in threads] + [thread.join() for thread in threads])
        self.assertEqual((len(results), len(set(map(id, results))), len(generated)), (8, 1, 1))
        self.assertEqual(counted["compiles"], 1)

    def test_threads_that_log_generate_and_depend(self):
        """Log handlers and generate need the GIL while locks of the library are held by threads without it."""
        dijitso.set_log_level("DEBUG")
        self.addCleanup(dijitso.set_log_level, "WARNING")
        handler = dijitso.log.get_log_handler()
        self.addCleanup(dijitso.log.set_log_handler, handler)
        dijitso.log.set_log_handler(logging.NullHandler())
        failures = []

        def work(number):
            def generate(jitable, name, signature, generator):
                if name == "base":
                    return "int base();", "int base() { return 40; }", ()
                dijitso.jit(None, "base", self.params, generate)
                return "", '#include <base.h>\nextern "C" int value() { return base() + 2; }', ("base",)

            try:
                for turn in range(3):
                    lib = dijitso.jit(None, f"m{(number + turn) % 4}", self.params, generate)[0]
                    assert lib.value() == 42
                    dijitso.validate_params({"cache": {"claim_timeout": number}})
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        _, counted = self.counted(lambda: [thread.start() for thread in threads] + [thread.join() for thread in threads])
        self.assertEqual(failures, [])
        self.assertEqual(counted["compiles"], 5)

    def test_other_threads_run_while_one_waits_in_generate(self):
        """A thread that waits for another's build does not hold the GIL, or that build could not end."""
        entered, go_on = threading.Event(), threading.Event()

        def slow(*args):
            entered.set()
            self.assertTrue(go_on.wait(60))
            return "", ANSWER, ()

        first = threading.Thread(target=dijitso.jit, args=(None, "m", self.params, slow))
        first.start()
        self.assertTrue(entered.wait(60))
        second = threading.Thread(target=dijitso.jit, args=(None, "m", self.params, never))
        waits = dijitso._dijitso.counters()["waits"]
        second.start()
        while dijitso._dijitso.counters()["waits"] == waits:
            pass  # runs only when the GIL is free
        go_on.set()
        first.join()
        second.join()
        self.assertEqual(dijitso.jit(None, "m", self.params, never)[0].answer(), 42)

    def test_an_exception_reaches_every_waiting_thread(self):
        entered, go_on, caught = threading.Event(), threading.Event(), []

        def failing(*args):
            entered.set()
            self.assertTrue(go_on.wait(60))
            raise KeyError("mine")

        def work():
            try:
                dijitso.jit(None, "m", self.params, failing)
            except KeyError as error:
                caught.append(error)

        waits = dijitso._dijitso.counters()["waits"]
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        while dijitso._dijitso.counters()["waits"] < waits + 3:
            pass
        go_on.set()
        for thread in threads:
            thread.join()
        self.assertEqual([error.args for error in caught], [("mine",)] * 4)


class ExchangeTest(PackageTest):
    def send(self, generate, name="m"):
        """What a builder sends, and the order of its calls."""
        sent, calls = [], []

        def send(data):
            calls.append("send")
            sent.append(data)

        try:
            dijitso.jit(None, name, self.params, generate, send=send, wait=lambda: calls.append("wait"))
        except (DijitsoError, ValueError):
            pass
        self.assertEqual(calls, ["send", "wait"])
        return sent[0]

    def elsewhere(self):
        return {"cache": {"cache_dir": str(self.tmp / "elsewhere")}}

    def test_send_and_receive(self):
        data = self.send(gives(ANSWER))
        self.assertIsInstance(data, numpy.ndarray)
        self.assertEqual((data.dtype, data.ndim), (numpy.uint8, 1))
        waited = []
        (lib, _), counted = self.counted(lambda: dijitso.jit(
            None, "m", self.elsewhere(), receive=lambda: data, wait=lambda: waited.append(1)))
        self.assertEqual((lib.answer(), counted.get("compiles", 0), waited), (42, 0, [1]))
        self.assertTrue((self.tmp / "elsewhere" / "obj").is_dir())

    def test_the_failure_of_the_builder_is_received(self):
        data = self.send(gives("int f() { return x; }"))
        with self.assertRaisesRegex(CompileFailed, "undeclared identifier 'x'"):
            dijitso.jit(None, "m", self.elsewhere(), receive=lambda: data)

        def fail(*args):
            raise ValueError("no form")

        data = self.send(fail, "other")
        with self.assertRaisesRegex(GenerateFailed, "the builder of 'other' failed: ValueError: no form"):
            dijitso.jit(None, "other", self.elsewhere(), receive=lambda: data)

    def test_what_is_received_is_checked(self):
        data = self.send(gives(ANSWER)).copy()
        data[len(data) // 2] ^= 1
        with self.assertRaisesRegex(CommunicationError, "damaged"):
            dijitso.jit(None, "m", self.elsewhere(), receive=lambda: data)
        for wrong in (None, b"text", numpy.zeros(3), "x"):
            with self.assertRaisesRegex(CommunicationError, "receive must return a numpy array of uint8"):
                dijitso.jit(None, "m", self.elsewhere(), receive=lambda: wrong)

    def test_waiter(self):
        def wait():
            script = "import dijitso, sys; dijitso.jit(None, 'm', {}, lambda *a: ('', sys.argv[1], ()))"
            self.run_python("-c", script, ANSWER)

        (lib, _), counted = self.counted(lambda: dijitso.jit(None, "m", self.params, wait=wait))
        self.assertEqual((lib.answer(), counted.get("compiles", 0)), (42, 0))
        with self.assertRaisesRegex(GenerateFailed, "after waiting for its builder"):
            dijitso.jit(None, "absent", self.params, wait=lambda: None)

    def test_exceptions_of_the_callbacks_pass_through(self):
        def fail(*args):
            raise LookupError("mine")

        for more in ({"generate": gives(ANSWER), "send": fail}, {"receive": fail}, {"wait": fail}):
            with self.assertRaisesRegex(LookupError, "^mine$"):
                dijitso.jit(None, "m" + str(len(more)) + next(iter(more)), self.params, **more)
        with self.assertRaisesRegex(InvalidArgument, "only one of generate and receive"):
            dijitso.jit(None, "both", self.params, generate=never, receive=never)


if __name__ == "__main__":
    unittest.main()
