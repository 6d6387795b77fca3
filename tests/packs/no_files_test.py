"""Compiling against packs touches no file of the system, seen by strace, and needs none: they are hidden."""
import re
import shutil
import subprocess

import packs

STRACE = shutil.which("strace", path="/usr/bin")
UNSHARE = shutil.which("unshare", path="/usr/bin:/bin")
HIDDEN = ["/usr/include", "/usr/lib/gcc", "/usr/lib/llvm-22/lib/clang", "/usr/lib/llvm-22/include", "/usr/local/include"]


class NoFiles(packs.PackTest):
    def touched(self, generator, *used):
        """The files that a cold run asks for, but for those of the corpus, the cache, and the libraries of the program."""
        self.assertIsNotNone(STRACE, "strace is not installed")
        log = self.tmp / "strace.log"
        cache = self.tmp / "cache"
        command = self.command(generator, cache)
        result = self.finish([STRACE, "-f", "-qq", "-s", "4000", "-e", "trace=%file", "-o", str(log), *command], self.env(*used))
        self.assertEqual(result["first_pass"]["compiles"], result["modules"])
        paths = set()
        for line in log.read_text().splitlines():
            self.assertNotRegex(line, r"\b(v?fork|execveat)\(")
            call = re.match(r'\d+ +(?:<\.\.\. )?\w+\([^"]*"([^"]*)"', line)
            if call:
                paths.add(call.group(1))
        # What starting needs: libraries, the folders in which the dynamic linker looks for them, the configuration. A name
        # without a folder is in one of the cache that was opened before; what lies above that is examined too.
        start = re.compile(r"\.so(\.|$)|glibc-hwcaps|(/lib(/\.\.)?)+(/tls|/x86_64)*$|^/(proc|sys)/|/\.dijitso\.conf$|^(\.\./)*[^/]*$")
        ours = (str(self.tmp), str(packs.MANIFESTS[generator].parent), packs.TOOL.rsplit("/bin/", 1)[0] + "/lib", *map(str, used))
        self.assertTrue(set(map(str, used)) <= paths, "the packs themselves are not in the trace")
        return {path for path in paths if not path.startswith(ours) and not start.search(path) and path != command[0]}

    def check_touches_nothing(self, generator):
        ufc = self.pack("ufc.pack", "-I", str(self.include_dir(generator)))
        self.assertEqual(self.touched(generator, self.default_pack, ufc), set())

    def test_cxx_touches_nothing(self):
        self.check_touches_nothing("ffc")

    def test_c_touches_nothing(self):
        self.check_touches_nothing("ffcx")

    def test_the_trace_would_show_it(self):
        paths = self.touched("ffcx")
        self.assertIn("/usr/include/math.h", paths)

    def check_hidden(self, generator):
        """The machine's headers are under empty file systems; the results are the same numbers, bit for bit."""
        self.assertIsNotNone(UNSHARE, "unshare is not installed")
        include_dir = self.include_dir(generator)
        ufc = self.pack("ufc.pack", "-I", str(include_dir))
        hide = "set -e; for dir in %s %s; do if [ -d $dir ]; then mount -t tmpfs tmpfs $dir; fi; done; exec \"$@\"" % (
            " ".join(HIDDEN), include_dir)
        hidden = [UNSHARE, "--map-root-user", "--mount", "sh", "-c", hide, "sh"]
        without = subprocess.run([*hidden, *self.command(generator, self.tmp / "without")], env=self.env(), cwd=self.tmp,
                                 capture_output=True, text=True)
        self.assertEqual(without.returncode, 1)
        self.assertRegex(without.stderr, r"'[^']+' file not found")
        result = self.finish([*hidden, *self.command(generator, self.tmp / "hidden")], self.env(self.default_pack, ufc))
        self.assertEqual(result["first_pass"]["compiles"], result["modules"])
        expected = self.finish(self.command(generator, self.tmp / "seen"), self.env())
        self.assertEqual((result["digest"], result["numbers"]), (expected["digest"], expected["numbers"]))
        return result["modules"]

    def test_hidden_headers_of_cxx(self):
        self.assertGreaterEqual(self.check_hidden("ffc"), 12)

    def test_hidden_headers_of_c(self):
        self.assertGreaterEqual(self.check_hidden("ffcx"), 1)


if __name__ == "__main__":
    packs.main()
