"""Exceptions: what they say and carry."""
import pathlib
import pickle
import traceback
import unittest

import dijitso
from dijitso import errors
from package import ANSWER, PackageTest, gives


class ErrorsTest(PackageTest):
    def raised(self, kind, call):
        with self.assertRaises(kind) as caught:
            call()
        return caught.exception

    def test_family(self):
        self.assertTrue(issubclass(dijitso.DijitsoError, RuntimeError))
        from dijitso.jit import DijitsoError
        self.assertIs(DijitsoError, errors.DijitsoError)
        for name in ("InvalidArgument", "GenerateFailed", "CompileFailed", "LinkFailed", "CacheError", "CommunicationError"):
            self.assertTrue(issubclass(getattr(errors, name), DijitsoError), name)
        self.assertTrue(issubclass(errors.InvalidArgument, ValueError))

    def test_compile_error(self):
        source = "#include <vector>\nint f() {\n  return undefined_name;\n}\n"
        error = self.raised(errors.CompileFailed, lambda: dijitso.jit(None, "m", self.params, gives(source, "int f();")))
        self.assertIn("m.cpp:3:10", str(error))
        self.assertIn("use of undeclared identifier 'undefined_name'", str(error))
        self.assertIn("return undefined_name;", str(error))
        [diagnostic] = error.diagnostics
        self.assertEqual((diagnostic.line, diagnostic.column, diagnostic.severity), (3, 10, "error"))
        info = error.err_info
        self.assertEqual(set(info), {"src_filename", "cmd_filename", "readme_filename", "fail_dir", "log_filename"})
        self.assertEqual(info["fail_dir"], str(self.tmp / "jitfailure-m"))
        self.assertEqual(pathlib.Path(info["src_filename"]).read_text(), source)
        self.assertIn("undefined_name", pathlib.Path(info["log_filename"]).read_text())
        self.assertTrue(pathlib.Path(info["cmd_filename"]).name == "recompile.sh" and pathlib.Path(info["readme_filename"]).is_file())
        self.assertEqual(info["fail_dir"], dijitso.cache.create_fail_dir_path("m", self.params["cache"]))

    def test_what_is_not_utf8(self):
        """Texts of Python carry other bytes as surrogates, as file names do."""
        folder = b"caf\xe9".decode("utf-8", "surrogateescape")
        params = {"cache": {"fail_dir_root": str(self.tmp / folder)}}
        error = self.raised(errors.CompileFailed, lambda: dijitso.jit(None, "m", params, gives(b"int f() { return x; }  // \xe9")))
        self.assertIn("undeclared identifier 'x'", str(error))
        self.assertEqual(error.err_info["fail_dir"], str(self.tmp / folder / "jitfailure-m"))
        self.assertTrue(pathlib.Path(error.err_info["src_filename"]).is_file())

    def test_an_exception_of_generate_passes_through(self):
        class Mine(Exception):
            pass

        error = Mine("so", 3)

        def generate(*args):
            raise error

        try:
            dijitso.jit(None, "m", self.params, generate)
        except Mine as caught:
            self.assertIs(caught, error)
            self.assertEqual([frame.name for frame in traceback.extract_tb(caught.__traceback__)][-2:], ["jit", "generate"])
        else:
            self.fail("nothing was raised")
        for kind in (KeyboardInterrupt, SystemExit, StopIteration):
            error = kind()
            self.assertIs(self.raised(kind, lambda: dijitso.jit(None, "m", self.params, generate)), error)

    def test_an_inner_failure_passes_through(self):
        def generate(jitable, name, signature, generator):
            if name == "inner":
                return "", "int f() { return x; }", ()
            dijitso.jit(None, "inner", self.params, generate)
            return "", ANSWER, ()

        error = self.raised(errors.CompileFailed, lambda: dijitso.jit(None, "outer", self.params, generate))
        self.assertIn("jitfailure-inner", error.err_info["fail_dir"])
        self.assertTrue(error.diagnostics)

    def test_link_error(self):
        error = self.raised(errors.LinkFailed, lambda: self.jit("m", 'int absent(int); extern "C" int f() { return absent(1); }'))
        self.assertEqual(error.missing_symbols, ("absent(int)",))
        self.assertEqual(error.err_info["fail_dir"], None)

    def test_invalid_arguments(self):
        for call, message in (
            (lambda: self.jit("../x"), "'../x'"),
            (lambda: self.jit("m", params={"build": {"cxxflag": ()}}), "the nearest valid name is 'build.cxxflags'"),
            (lambda: self.jit("m", params={"build": {"cxxflags": ("-fplugin=x.so",)}}), "-fplugin"),
            (lambda: self.jit("m", params=[1]), "parameters must be a dict"),
            (lambda: self.jit("m", params={"cache": 3}), "'cache' must be a dict"),
            (lambda: self.jit("m", params={"cache": {3: 3}}), "must be texts, not 3"),
            (lambda: dijitso.cache.glob_cache(self.params["cache"], categories=("inc", "abc")), "abc"),
        ):
            self.assertIn(message, str(self.raised(errors.InvalidArgument, call)))

    def test_cache_error(self):
        self.cache.write_text("")
        error = self.raised(errors.CacheError, lambda: dijitso.cache.store_inc("m", "text", self.params["cache"]))
        self.assertIn(str(self.cache), str(error))

    def test_pickle(self):
        error = self.raised(errors.CompileFailed, lambda: self.jit("m", "x"))
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(copy), copy.err_info, copy.diagnostics), (str(error), error.err_info, error.diagnostics))

    def test_old_constructor(self):
        error = errors.DijitsoError("message", {"fail_dir": "there"})
        self.assertEqual((str(error), error.err_info["fail_dir"], error.err_info["src_filename"]), ("message", "there", None))


if __name__ == "__main__":
    unittest.main()
