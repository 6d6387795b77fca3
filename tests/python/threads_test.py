"""Threads that are still in jit when Python ends, as daemons are: the program ends as it wanted to, and does not abort."""
import unittest

from package import PackageTest

PREAMBLE = """
import dijitso, os, sys, threading, time
ANSWER = 'extern "C" int answer() { return 42; }'
DESTRUCTOR = '''#include <cstdio>
struct S { ~S() { std::puts("static destructor"); } } s;'''
def start(function):
    threading.Thread(target=function, daemon=True).start()
"""


class ForkTest(PackageTest):
    def test_while_another_thread_imports_what_jit_needs(self):
        """The child would wait for that import for ever."""
        self.assertEqual(self.run_python("-c", PREAMBLE + """
import signal
importing = threading.Event()
class Slow:
    def find_spec(self, name, path, target=None):
        if name == "ctypes":
            importing.set()
            time.sleep(0.3)
assert "ctypes" not in sys.modules
sys.meta_path.insert(0, Slow())
thread = threading.Thread(target=lambda: dijitso.jit(None, "m", {}, lambda *args: ("", ANSWER, ())))
thread.start()
importing.wait()
if os.fork() == 0:
    signal.alarm(60)
    os._exit(dijitso.jit(None, "other", {}, lambda *args: ("", ANSWER, ()))[0].answer())
print(os.waitstatus_to_exitcode(os.wait()[1]))
thread.join()
"""), "42\n")


class EndTest(PackageTest):
    def run_it(self, script, code):
        output = self.run_python("-c", PREAMBLE + script, code=code)
        self.assertEqual(self.stderr, "")
        return output

    def test_in_generate_and_waiting_for_it(self):
        script = """
entered = threading.Event()
def generate(*args):
    entered.set()
    while True:
        time.sleep(0)
start(lambda: dijitso.jit(None, "m", {}, generate))
entered.wait()
start(lambda: dijitso.jit(None, "m", {}))
while not dijitso._dijitso.counters()["waits"]:
    pass
sys.exit(3)
"""
        self.assertEqual(self.run_it(script, 3), "")

    def test_in_the_code_of_a_module(self):
        """The code of other modules stays as well, as nobody knows what it uses of it."""
        script = """
dijitso.jit(None, "m", {}, lambda *args: ("", DESTRUCTOR, ()))
read, write = os.pipe()
def generate(*args):
    return "", f'''#include <unistd.h>
struct Endless {{ Endless() {{ (void)!write({write}, "", 1); for (;;) pause(); }} }} endless;''', ()
start(lambda: dijitso.jit(None, "endless", {}, generate))
os.read(read, 1)
print("the end")
sys.exit(4)
"""
        self.assertEqual(self.run_it(script, 4), "the end\n")

    def test_everywhere(self):
        script = """
def work(number):
    for turn in range(1000000):
        name = f"m{number}_{turn}"
        for _ in range(3):
            dijitso.jit(None, name, {}, lambda *args: ("", ANSWER, ()))[0].answer()
        dijitso.cache.glob_cache({})
for number in range(4):
    start(lambda number=number: work(number))
while dijitso._dijitso.counters()["compiles"] < 20:
    pass
sys.exit(5)
"""
        for _ in range(4):
            self.run_it(script, 5)

    def test_in_a_child(self):
        """A child has none of these threads, so its static destructors run."""
        script = """
dijitso.jit(None, "m", {}, lambda *args: ("", DESTRUCTOR, ()))
entered = threading.Event()
def generate(*args):
    entered.set()
    while True:
        time.sleep(0)
start(lambda: dijitso.jit(None, "n", {}, generate))
entered.wait()
start(lambda: dijitso.jit(None, "n", {}))
while not dijitso._dijitso.counters()["waits"]:
    pass
child = os.fork()
if child:
    os.waitpid(child, 0)
    print("of the child")
"""
        self.assertEqual(self.run_it(script, 0), "static destructor\nof the child\n")


if __name__ == "__main__":
    unittest.main()
