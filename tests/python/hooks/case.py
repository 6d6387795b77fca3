"""What the suites in this folder share, beyond ../package.py: programs that reach no compiler, and what they start is an error."""
import concurrent.futures as futures
import pathlib
import sys

import dijitso
from dijitso.hooks import _mechanism

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from package import PackageTest  # noqa: E402


class HooksTest(PackageTest):
    def setUp(self):
        super().setUp()
        self.set_environment(CC="/bin/false", CXX="/bin/false", DIJITSO_INSTALL=None)
        self.addCleanup(dijitso.uninstall)
        self.addCleanup(setattr, sys, "path", list(sys.path))
        sys.path.insert(0, str(self.tmp))

    def write(self, name, text):
        path = self.tmp / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def compiles(self, call):
        """How often `call` compiled."""
        return self.counted(call)[1].get("compiles", 0)

    def compiles_of_two(self, *args, environments):
        """How often two processes compiled together that started at once; each prints its count on its last line."""
        with futures.ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(self.run_python, *args, **environment) for environment in environments]
        return sum(int(run.result().splitlines()[-1]) for run in runs)


class PackageOfOurs:
    """A package that hooks of these tests replace functions of."""

    TEXT = "def build(source, flags): return f'stock {source}'\ndef other(): return 'other'\n"
    KNOWN = {"1.0": ("source", "flags"), "2.0": ("source", "flags", "verbose")}

    @classmethod
    def hook(cls, name="ours", module="package_of_ours", label="hooked"):
        def make(stock):
            return lambda *args: f"{label} {stock(*args)}"

        def seam(loaded):
            return [_mechanism.checked(name, loaded, "build", cls.KNOWN, make)]

        return _mechanism.Hook(name, "1.0 to 2.0", {module: seam})

