"""What tests that run programs of dijitso share."""
import os
import pathlib
import re
import tempfile
import unittest


def without_sanitizer_warning(errors):
    """AddressSanitizer says it once, at the makecontext of lib/compile/large_stack.cpp."""
    return re.sub(r"==\d+==WARNING: ASan doesn't fully support makecontext.*\n", "", errors)


class PlaceTest(unittest.TestCase):
    """A test with an empty home, a cache directory that does not exist yet, and an environment for programs in which nothing else can be
    found."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-test-")
        self.addCleanup(temporary.cleanup)
        self.tmp = pathlib.Path(temporary.name)
        self.home = self.tmp / "home"
        self.home.mkdir()
        self.cache = self.tmp / "cache"
        # Sanitizers take their options from the environment.
        self.env = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        self.env.update(HOME=str(self.home), PATH="/nonexistent", DIJITSO_CACHE_DIR=str(self.cache))
