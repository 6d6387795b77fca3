"""Parameters: conversion, keys, and that a changed dictionary is never taken for the old one."""
import enum
import os
import pathlib
import unittest

import dijitso
import numpy
from dijitso.errors import InvalidArgument
from dijitso.jit import jit_signature
from package import ANSWER, PackageTest, never


class Colour(enum.Enum):
    RED = 1


class Nameless:
    pass


class Named:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Named({self.value})"


class ParamsTest(PackageTest):
    def test_validated_parameters_are_complete(self):
        self.assertEqual(set(self.params), {"cache", "build", "generator"})
        self.assertEqual(self.params["cache"]["cache_dir"], str(self.cache))
        self.assertEqual(self.params["build"]["cxxflags"], ("-Wall", "-shared", "-fPIC", "-std=c++11"))
        self.assertEqual(dijitso.validate_params(None), self.params)
        self.assertEqual(dijitso.validate_params(self.params), self.params)
        self.assertEqual(dijitso.validate_params(dijitso.params.default_params()), self.params)

    def test_results_belong_to_the_caller(self):
        given = {"generator": {"list": [1]}}
        for _ in range(2):
            params = dijitso.validate_params(given)
            self.assertIs(params["generator"]["list"], given["generator"]["list"])
            params["cache"]["cache_dir"] = "changed"
            params["build"]["debug"] = True
            params["generator"]["more"] = 1
        self.assertEqual(dijitso.validate_params(given)["cache"]["cache_dir"], str(self.cache))
        self.assertEqual(given, {"generator": {"list": [1]}})

    def test_complete_defaults_get_the_loader_in_memory(self):
        params = dijitso.params.default_params()
        self.assertEqual(params["cache"]["lib_loader"], "orc")
        self.assertIsInstance(self.jit("m", params=params), dijitso.library.Library)

    def test_values(self):
        params = dijitso.validate_params({"build": {
            "debug": numpy.bool_(True), "include_dirs": ["a", "b"], "libs": "m", "lib_dirs": b"bytes", "cxx": None,
            "rpath_dirs": pathlib.Path("/x")}, "cache": {"claim_timeout": numpy.int32(7), "cache_dir": pathlib.Path("/c")}})
        build = params["build"]
        self.assertIs(build["debug"], True)
        self.assertEqual((build["include_dirs"], build["libs"], build["lib_dirs"]), (("a", "b"), ("m",), ("bytes",)))
        self.assertEqual((build["cxx"], build["rpath_dirs"]), ("c++", ("/x",)))
        self.assertEqual((params["cache"]["claim_timeout"], params["cache"]["cache_dir"]), (7, "/c"))
        self.assertIs(dijitso.validate_params({"build": {"debug": "yes"}})["build"]["debug"], True)
        for wrong in ({"debug": "maybe"}, {"libs": [1]}, {"libs": {"m": 1}}, {"cxx": 3}, {"cxxflags": object()}):
            with self.assertRaisesRegex(InvalidArgument, "build." + next(iter(wrong))):
                dijitso.validate_params({"build": wrong})

    def test_file_names_that_are_not_utf8(self):
        name = b"/caf\xe9".decode("utf-8", "surrogateescape")
        self.assertEqual(dijitso.validate_params({"cache": {"cache_dir": name}})["cache"]["cache_dir"], name)

    def test_lists_may_have_paths_and_bytes(self):
        build = dijitso.validate_params({"build": {"include_dirs": [self.tmp, "/x"], "libs": (b"m",)}})["build"]
        self.assertEqual((build["include_dirs"], build["libs"]), ((str(self.tmp), "/x"), ("m",)))

    def test_environment_and_directory_are_asked_each_time(self):
        self.set_environment(DIJITSO_BUILD_LIBS="m dl", DIJITSO_CACHE_DIR="relative")
        params = dijitso.validate_params({})
        self.assertEqual((params["build"]["libs"], params["cache"]["cache_dir"]), (("m", "dl"), str(self.tmp / "relative")))
        (self.tmp / "below").mkdir()
        os.chdir("below")
        self.assertEqual(dijitso.validate_params({})["cache"]["cache_dir"], str(self.tmp / "below" / "relative"))
        self.set_environment(DIJITSO_BUILD_LIBS=None)
        self.assertEqual(dijitso.validate_params({})["build"]["libs"], ())

    def test_a_changed_dictionary_is_seen(self):
        """In place, in every kind of container."""
        params = dijitso.validate_params({"generator": {"n": 1, "list": ["a"], "nested": {"x": [1]}, "f": 0.0, "b": True}})
        params["build"]["include_dirs"] = []
        asked = []

        def generate(jitable, name, signature, generator):
            asked.append(1)
            return "", ANSWER, ()

        def is_new():
            before = len(asked)
            for _ in range(2):
                dijitso.jit(None, "m", params, generate)
            return len(asked) - before

        generator = params["generator"]
        self.assertEqual(is_new(), 1)
        self.assertEqual(is_new(), 0)
        changes = (
            lambda: generator.update(n=2),
            lambda: generator["list"].append("b"),
            lambda: generator["list"].__setitem__(0, "c"),
            lambda: generator["nested"]["x"].append(2),
            lambda: generator["nested"].update(y=1),
            lambda: generator.update(f=-0.0),
            lambda: generator.update(b=1),
            lambda: generator.pop("b"),
            lambda: params["build"]["include_dirs"].append("/somewhere"),
            lambda: params["build"].update(debug=True),
            lambda: params.update(generator={}),
        )
        for number, change in enumerate(changes):
            change()
            self.assertEqual(is_new(), 1, number)
        params["generator"] = {}
        self.assertEqual(is_new(), 0)

    def test_equal_dictionaries_are_hits(self):
        def params():
            return {"generator": dict([("text", "".join(["a", "b"])), ("number", int("1234567")), ("real", float("0.25")),
                                       ("tuple", tuple(["x", 1])), ("list", [None, True])])}

        self.jit("m", params=params())
        (lib, _), counted = self.counted(lambda: dijitso.jit(None, "m", params(), never))
        self.assertEqual((lib.answer(), counted), (42, {"memory_hits": 1}))
        reordered = {"generator": dict(reversed(params()["generator"].items()))}
        self.assertEqual(self.counted(lambda: dijitso.jit(None, "m", reordered, never))[1], {"memory_hits": 1})


class KeyTest(PackageTest):
    """Generator parameters of any kind decide about the key by their value."""

    def digest(self, value):
        return jit_signature("m", {"generator": {"x": value}})

    def test_equal_values(self):
        for one, other in (({"a": 1, "b": [2]}, {"b": [2], "a": 1}), ({3, 1, 2}, {2, 3, 1}), (Named(1), Named(1)),
                           (Colour.RED, Colour.RED), (numpy.float64(0.5), 0.5), (numpy.int8(3), 3), (10**30, 10**30)):
            self.assertEqual(self.digest(one), self.digest(other), one)

    def test_different_values(self):
        values = [None, "None", True, 1, 1.0, "1", "True", 0.0, -0.0, (), [], {}, set(), frozenset(), "", b"", ("a",), ["a"], "a",
                  ("a", "b"), ("a b",), (("a",),), ((),), {"a": 1}, {"a": "1"}, {1: "a"}, [1, 2], (1, 2), {1, 2}, 10**30, -10**30,
                  Named(1), Named(2), "Named(1)", Colour.RED, 1j, ("python value", "tuple 0"), ("python value",), float("nan"),
                  float("inf"), b"a"]
        self.assertEqual(len({self.digest(value) for value in values}), len(values))

    def test_arrays_are_told_by_all_of_their_items(self):
        """Their repr leaves out items of long ones, and digits."""
        long = numpy.arange(5000)
        values = [long, numpy.where(long == 2500, 0, long), long.reshape(50, 100), long.astype(float), long.tolist(),
                  numpy.array([0.1]), numpy.array([0.1 + 1e-16 * 8]), numpy.array(0.1), numpy.array([0.1], dtype=object),
                  numpy.array([[]]), numpy.array([]), numpy.array([0.1], dtype=">f8")]
        self.assertEqual(len({self.digest(value) for value in values}), len(values))
        self.assertEqual(self.digest(long), self.digest(numpy.arange(5000)))

    def test_no_addresses(self):
        for value in (Nameless(), [Nameless()], {"a": lambda: 1}):
            with self.assertRaisesRegex(InvalidArgument, "generator.x.*only be identified by its address.*__repr__"):
                self.digest(value)
        self.digest("lost at 0x1234")
        endless = []
        endless.append(endless)
        with self.assertRaisesRegex(InvalidArgument, "contains itself"):
            self.digest(endless)

    def test_an_exception_of_a_repr_passes_through(self):
        class Bad:
            def __repr__(self):
                raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            self.digest(Bad())

    def test_same_in_every_process(self):
        script = ("from dijitso.jit import jit_signature\n"
                  "print(jit_signature('m', {'generator': {'x': {'a', 'b', 'c'}, 'y': {'z': (1, None)}}}))")
        outputs = {self.run_python("-c", script, PYTHONHASHSEED=str(seed)) for seed in range(4)}
        self.assertEqual(len(outputs), 1)

    def test_hashes(self):
        s = dijitso.signatures
        self.assertEqual(s.hash_params({"a": 1, "b": 2}), s.hash_params({"b": 2, "a": 1}))
        self.assertNotEqual(s.hash_params({"a": 1}), s.hash_params({"a": 2}))
        self.assertEqual(s.hashit(s.canonicalize_params_for_hashing({"x": {"a": 1}})), s.hash_params({"x": {"a": 1}}))
        self.assertNotEqual(s.hashit((1, 2)), s.hashit([1, 2]))
        self.assertRegex(s.hashit("text"), "^[0-9a-f]{40}$")


class ConfigTest(PackageTest):
    def test_config_file(self):
        (self.tmp / ".dijitso.conf").write_text("[cache]\nlib_prefix = lib-\n[build]\ncxxflags_opt = -O1 -g\n"
                                                "[generator]\ndegree = 3\n")
        script = """
import dijitso
print(dijitso.params.discover_config_filename())
p = dijitso.validate_params({"generator": {"a": 1}})
print(p["cache"]["lib_prefix"], p["build"]["cxxflags_opt"], p["generator"])
print(dijitso.params.read_config_file()["build"])
dijitso.jit(None, "m", {"generator": {"a": 1}}, lambda j, n, s, g: print(g) or ("", "", ()))
"""
        self.assertEqual(self.run_python("-c", script).splitlines(), [
            str(self.tmp / ".dijitso.conf"),
            "lib- ('-O1', '-g') {'degree': '3', 'a': 1}",
            "{'cxxflags_opt': ('-O1', '-g')}",
            "{'degree': '3', 'a': 1}"])


if __name__ == "__main__":
    unittest.main()
