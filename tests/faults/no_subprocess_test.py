"""No process is started, nothing is sent over a network, and no library is loaded that is not needed; a hit makes few
system calls. All seen by strace."""
import collections
import re
import shutil
import subprocess

import faults

STRACE = shutil.which("strace")
CALLS = "execve,execveat,fork,vfork,clone,clone3,socket,connect,openat,open"


class NoSubprocess(faults.FaultTest):
    def trace(self, *args, calls=CALLS, **environment):
        """The system calls of a run, without those of the dynamic linker's search that found nothing."""
        self.assertIsNotNone(STRACE, "strace is not installed")
        log = self.tmp / "strace.log"
        worker = self.start(*args, prefix=[STRACE, "-f", "-qq", "-s", "300", "-e", "trace=" + calls, "-o", str(log)],
                            **environment)
        output, errors = worker.communicate()
        self.assertEqual(worker.returncode, 0, errors)
        # "<pid> <call>(<arguments>) = <result>"; of an interrupted call both halves are there, and either is enough.
        return [line.split(None, 1)[1] for line in log.read_text().splitlines()]

    def assert_alone(self, calls):
        """Threads are made, but no processes."""
        started = [call for call in calls if call.startswith("execve")]
        self.assertEqual(len(started), 1, started)  # the worker itself
        kinds = {re.match(r"(<\.\.\. )?(\w+)", call).group(2) for call in calls if re.match(r"(<\.\.\. )?\w+", call)}
        self.assertIn("openat", kinds)
        self.assertEqual(kinds & {"execveat", "fork", "vfork", "socket", "connect"}, set())
        for call in calls:
            if call.startswith("clone"):
                self.assertIn("CLONE_THREAD", call)

    def opened(self, calls):
        return {re.sub(r"\.so.*", "", name.rsplit("/", 1)[-1])
                for call in calls if " = -1 " not in call for name in re.findall(r'^open(?:at)?\([^"]*"([^"]+)"', call)}

    def test_cold_and_warm(self):
        cold = self.trace("modules")
        self.assert_alone(cold)
        self.assertTrue(any(call.startswith("clone") for call in cold), "the trace shows no threads: is it one?")
        self.assertLessEqual({"libdijitso-orc", "libdijitso-compiler"}, self.opened(cold))

        warm = self.trace("modules")
        self.assert_alone(warm)
        self.assertIn("libdijitso-orc", self.opened(warm))
        self.assertNotIn("libdijitso-compiler", self.opened(warm))

    def test_shared_libraries(self):
        """Linked in the process when cold; when warm neither compiler nor linker is loaded."""
        cold = self.trace("modules", DIJITSO_CACHE_LIB_LOADER="dlopen")
        self.assert_alone(cold)
        self.assertIn("libdijitso-compiler", self.opened(cold))
        warm = self.trace("modules", DIJITSO_CACHE_LIB_LOADER="dlopen")
        self.assert_alone(warm)
        self.assertIn("libdijitso-form", self.opened(warm))
        self.assertEqual(self.opened(warm) & {"libdijitso-compiler", "libdijitso-orc"}, set())

    def test_system_calls_of_a_hit(self):
        """A hit from disk opens the directory and the entry, reads it once, looks at four files, and protects its pages."""
        kinds = {"newfstatat": "stat", "fstat": "stat", "statx": "stat"}
        counts = {}
        self.run_worker("many", 60)
        for modules in (20, 60):
            names = (re.match(r"\w+", call).group() for call in self.trace("many", modules, calls="all"))
            counts[modules] = collections.Counter(kinds.get(name, name) for name in names)
        more = {name: (counts[60][name] - counts[20][name]) / 40 for name in counts[60]}
        for name, expected in {"openat": 2, "read": 1, "close": 2, "mprotect": 2}.items():
            self.assertEqual(more[name], expected, (name, more))
        self.assertLessEqual(more["stat"], 4, more)
        self.assertLess(more["mmap"], 0.1, more)  # modules share mappings

    def test_main_job(self):
        """Real modules of FFC with an empty PATH: compiled, cached, linked and called; then taken from the cache."""
        self.env["PATH"] = ""
        for expected in ("compiled", "from disk"):
            calls = self.trace("--families", "poisson", "--cache-dir", self.cache, program="ffc_modules_run")
            self.assert_alone(calls)
            self.assertEqual("libdijitso-compiler" in self.opened(calls), expected == "compiled")

    def test_empty_path(self):
        for path in ("", "/nonexistent"):
            # Without HOME the C library would ask its name service, over a socket of the machine.
            self.env = {"PATH": path, "HOME": str(self.home), "DIJITSO_CACHE_DIR": str(self.cache)}
            self.assert_alone(self.trace("modules"))
            self.assert_alone(self.trace("modules"))
            shutil.rmtree(self.cache)

    def test_signatures_load_nothing(self):
        calls = self.trace("signature")
        self.assert_alone(calls)
        names = self.opened(calls)
        self.assertIn("libdijitso", names)
        self.assertEqual({name for name in names if "LLVM" in name or "clang" in name or "dijitso-" in name}, set())
        self.assertFalse(self.cache.exists())


if __name__ == "__main__":
    faults.main()
