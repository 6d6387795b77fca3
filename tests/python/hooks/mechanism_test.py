"""Hooks: when they replace what, and that all of it can be undone."""
import importlib
import sys
import unittest

import dijitso
import dijitso.hooks
from case import HooksTest, PackageOfOurs
from dijitso.errors import DijitsoError, InvalidArgument
from dijitso.hooks import _mechanism


class MechanismTest(HooksTest):
    def setUp(self):
        super().setUp()
        self.write("package_of_ours.py", PackageOfOurs.TEXT)
        self.addCleanup(sys.modules.pop, "package_of_ours", None)
        importlib.invalidate_caches()

    def install(self, hook):
        self.addCleanup(_mechanism.uninstall, hook)
        _mechanism.install(hook)

    def test_a_package_is_changed_when_it_is_imported(self):
        self.install(PackageOfOurs.hook())
        self.assertNotIn("package_of_ours", sys.modules)
        import package_of_ours
        self.assertEqual(package_of_ours.build("a.c", ""), "hooked stock a.c")
        self.assertEqual(package_of_ours.build.__name__, "build")
        self.assertEqual(package_of_ours.other(), "other")
        self.assertEqual(package_of_ours.__loader__.get_source("package_of_ours"), PackageOfOurs.TEXT)

    def test_a_package_that_is_imported_is_changed_at_once_and_only_once(self):
        import package_of_ours
        stock = package_of_ours.build
        hook = PackageOfOurs.hook()
        self.install(hook)
        self.install(hook)
        self.assertEqual(package_of_ours.build("a.c", ""), "hooked stock a.c")
        _mechanism.uninstall(hook)
        self.assertIs(package_of_ours.build, stock)
        _mechanism.uninstall(hook)

    def test_hooks_for_one_function_can_be_taken_back_in_any_order(self):
        import package_of_ours
        first, second = PackageOfOurs.hook("first", label="1"), PackageOfOurs.hook("second", label="2")
        self.install(first)
        self.install(second)
        self.assertEqual(package_of_ours.build("a.c", ""), "2 1 stock a.c")
        _mechanism.uninstall(first)
        self.assertEqual(package_of_ours.build("a.c", ""), "2 stock a.c")
        _mechanism.uninstall(second)
        self.assertEqual(package_of_ours.build("a.c", ""), "stock a.c")

    def test_what_somebody_else_has_replaced_since_stays(self):
        import package_of_ours
        hook = PackageOfOurs.hook()
        self.install(hook)
        package_of_ours.build = theirs = lambda source, flags: "theirs"
        _mechanism.uninstall(hook)
        self.assertIs(package_of_ours.build, theirs)
        self.install(hook)
        self.assertEqual(package_of_ours.build("a.c", ""), "hooked theirs")

    def test_an_unknown_version_is_refused_and_nothing_is_changed(self):
        import package_of_ours
        for build, what in ((lambda source: None, "whose build takes source"), (None, "which has no function build")):
            package_of_ours.build = build
            with self.assertRaisesRegex(DijitsoError, f"'ours' does not know this package_of_ours, {what}: use 1.0 or 2.0, or do not"):
                self.install(PackageOfOurs.hook())
            self.assertIs(package_of_ours.build, build)
        package_of_ours.build = lambda source, flags: "new"
        self.install(PackageOfOurs.hook())
        self.assertEqual(package_of_ours.build("a.c", ""), "hooked new")

    def test_an_unknown_version_is_refused_where_it_is_imported(self):
        self.write("package_of_ours.py", "def build(): pass\n")
        importlib.invalidate_caches()
        self.install(PackageOfOurs.hook())
        with self.assertRaisesRegex(DijitsoError, "does not know this package_of_ours"):
            import package_of_ours  # noqa: F401
        self.assertNotIn("package_of_ours", sys.modules)

    def test_a_hook_that_was_taken_back_changes_nothing_that_is_imported_later(self):
        hook = PackageOfOurs.hook()
        self.install(hook)
        _mechanism.uninstall(hook)
        import package_of_ours
        self.assertEqual(package_of_ours.build("a.c", ""), "stock a.c")
        self.assertNotIn(_mechanism._finder, sys.meta_path)

    def test_a_package_that_is_not_there_is_still_not_there(self):
        self.install(PackageOfOurs.hook(module="no_such_package"))
        with self.assertRaises(ModuleNotFoundError):
            import no_such_package  # noqa: F401


class NamesTest(HooksTest):
    def test_names(self):
        self.assertLessEqual({"cffi", "ffcx", "setuptools", "sympy"}, set(dijitso.hooks.known()))
        with self.assertRaisesRegex(InvalidArgument, "no hook 'cfi': dijitso knows cffi, "):
            dijitso.install("ffcx", "cfi")
        with self.assertRaisesRegex(InvalidArgument, "no hook 'Cython': install 'setuptools' for it$"):
            dijitso.install("Cython")
        with self.assertRaisesRegex(InvalidArgument, "no hook 'None'"):
            dijitso.uninstall(None)
        self.assertNotIn(_mechanism._finder, sys.meta_path)
        dijitso.install()
        self.assertIn(_mechanism._finder, sys.meta_path)
        dijitso.uninstall("ffcx")
        self.assertIn(_mechanism._finder, sys.meta_path)
        dijitso.uninstall()
        self.assertNotIn(_mechanism._finder, sys.meta_path)

    def test_each_hook_can_be_installed_twice_and_taken_back_twice(self):
        for name in dijitso.hooks.known():
            for change, installed in ((dijitso.install, [name]), (dijitso.uninstall, [])):
                for _ in range(2):
                    change(name)
                    self.assertEqual(list(_mechanism._installed), installed)


if __name__ == "__main__":
    unittest.main()
