"""Python packages that start the compilers that CC and CXX name compute with dijitso-cc what they compute with gcc."""
import shutil
import subprocess

import compiler_commands
import generated_code

PYTHON = "/usr/bin/python3"  # Debian's packages belong to Debian's Python


class PackagesTest(compiler_commands.CommandTest):
    def results(self, program, *compilers):
        home = self.work / "home"  # the same for all, because debug information names it
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        done = subprocess.run([PYTHON, "-W", "ignore", "-c", program], cwd=home, capture_output=True, text=True,
                              env={**self.env, "CC": compilers[0], "CXX": compilers[1], "HOME": str(home)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.splitlines()[-1]

    def compare(self, program, files, is_found_again=True):
        """With gcc, and with dijitso-cc, which compiles so many files; and again. What has another name each time is not in the cache then."""
        wanted = self.results(program, "gcc", "g++")
        self.assertEqual(self.results(program, "dijitso-cc", "dijitso-c++"), wanted)
        self.assertEqual(len(self.entries()), files)
        self.assertEqual(self.results(program, "dijitso-cc", "dijitso-c++"), wanted)
        self.assertEqual(len(self.entries()) == files, is_found_again)
        return wanted

    def test_pip(self):
        self.assertEqual(self.compare(generated_code.PIP, 1), "42")

    def test_cython(self):
        self.assertEqual(self.compare(generated_code.CYTHON, 1), "13")

    def test_sympy(self):
        self.assertEqual(self.compare(generated_code.SYMPY, 2), "10.0")

    def test_ffcx(self):
        self.assertEqual(len(self.compare(generated_code.FFCX, 1).split()), 36)

    def test_pythran(self):
        self.assertEqual(self.compare(generated_code.PYTHRAN, 3, is_found_again=False), "13.0")


if __name__ == "__main__":
    compiler_commands.main()
