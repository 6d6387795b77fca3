"""Every documented function: its parameters, their defaults, and a call with all arguments by name.

documented.tsv lists them: module, function, parameters with their defaults.
"""
import argparse
import importlib
import inspect
import logging
import pathlib
import re
import sys
import unittest

import dijitso
import numpy
from package import ANSWER, PackageTest, gives

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENTED = [line.split("\t") for line in (HERE / "documented.tsv").read_text().splitlines()]


def function_of(module, name):
    return getattr(importlib.import_module("dijitso" if module == "dijitso" else "dijitso." + module), name)


class OneProcess:
    """What the functions of dijitso.mpi use of a communicator, for one process. Real ones are in mpi_test.py."""

    rank, size = 0, 1

    def bcast(self, value, root):
        return value

    def allgather(self, value):
        return [value]

    def Bcast(self, data, root):
        pass

    def Split(self, colour, key):
        return OneProcess()

    def Get_group(self):
        return self

    def Incl(self, ranks):
        return self

    def Create(self, group):
        return OneProcess()

    def Free(self):
        pass


class OtherProcess(OneProcess):
    """A receiver of what one process sent."""

    rank, size = 1, 2

    def __init__(self, sent):
        self.sent = sent

    def Bcast(self, data, root):
        data[:] = self.sent.pop(0)


class Signatures(unittest.TestCase):
    def test_each_is_there_with_its_parameters_and_defaults(self):
        self.assertEqual(len(DOCUMENTED), 115)
        for module, name, documented in DOCUMENTED:
            with self.subTest(module=module, function=name):
                parameters = inspect.signature(function_of(module, name)).parameters.values()
                shown = [p.name if p.default is p.empty else f"{p.name}={getattr(p.default, '__name__', repr(p.default))}"
                         for p in parameters]
                self.assertEqual(", ".join(shown), documented)
                self.assertTrue(all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters))

    def test_package_and_module_of_one_name(self):
        self.assertTrue(inspect.isfunction(dijitso.jit))
        module = importlib.import_module("dijitso.jit")
        self.assertTrue(inspect.ismodule(module))
        self.assertIs(dijitso.jit, module.jit)
        for name in ("jit", "validate_params", "extract_factory_function", "set_log_level"):
            self.assertIn(name, dijitso.__all__)
        self.assertRegex(dijitso.__version__, r"^\d+\.\d+\.\d+$")


class Calls(PackageTest):
    called = set()

    def setUp(self):
        super().setUp()
        self.all = {"signature": "m", "cache_params": self.params["cache"], "params": self.params,
                    "build_params": self.params["build"]}

    def call(self, function, *common, **arguments):
        """Calls a function with all of its arguments by name; `common` are names of self.all."""
        module, name = function.split(".")
        arguments.update({key: self.all[key] for key in common})
        [documented] = [row[2] for row in DOCUMENTED if row[:2] == [module, name]]
        names = re.findall(r"(\w+)(?:=(?:\([^)]*\)|[^,]*))?(?:, |$)", documented)
        self.assertEqual(set(arguments), set(names), function)
        Calls.called.add((module, name))
        return function_of(module, name)(**arguments)

    def test_build(self):
        status, output, lib, info = self.call("build.build_shared_library", "signature", "params", header="int answer();",
                                              source=ANSWER, dependencies=[])
        self.assertEqual((status, lib, info), (0, str(self.cache / "lib/libdijitso-m.so"), None))
        self.assertIn("m.cpp", output)
        status, output, lib, info = self.call("build.build_shared_library", "params", signature="n", header=None,
                                              source="wrong", dependencies=())
        self.assertEqual((status, lib, info["fail_dir"]), (1, None, str(self.tmp / "jitfailure-n")))
        self.assertIn("n.cpp:1:1", output)
        command = self.call("build.make_compile_command", "build_params", "cache_params", src_filename="m.cpp",
                            lib_filename="m.so", dependencies=("base",))
        self.assertEqual((type(command), command[0]), (list, "c++"))
        self.assertLessEqual({"m.cpp", "-l:libdijitso-base.so", "-std=c++11"}, set(command))
        self.assertEqual(self.call("build.make_unique", dirs=["b", "a", "b"]), ("b", "a"))
        directory = pathlib.Path(self.call("build.temp_dir", cache_params={"temp_dir_root": str(self.tmp)}))
        self.assertEqual((directory.is_dir(), directory.parent), (True, self.tmp))

    def test_cache_names_and_directories(self):
        names = {kind: self.call(f"cache.create_{kind}_basename", "signature", "cache_params") for kind in ("inc", "src", "lib")}
        self.assertEqual(names, {"inc": "m.h", "src": "m.cpp", "lib": "libdijitso-m.so"})
        self.assertEqual(self.call("cache.create_libname", "signature", "cache_params"), "dijitso-m")
        for kind, file in (("inc", "include/m.h"), ("src", "src/m.cpp"), ("lib", "lib/libdijitso-m.so"), ("log", "log/m.txt")):
            self.assertEqual(self.call(f"cache.create_{kind}_filename", "signature", "cache_params"), str(self.cache / file))
            self.assertEqual(self.call(f"cache.make_{kind}_dir", "cache_params"), str((self.cache / file).parent))
        self.assertEqual(self.call("cache.create_fail_dir_path", "signature", "cache_params"), str(self.tmp / "jitfailure-m"))
        self.assertIsNone(self.call("cache.ensure_dirs", "cache_params"))
        self.assertTrue((self.cache / "src").is_dir())

    def test_cache_files(self):
        for kind in ("inc", "src", "log"):
            self.assertIsNone(self.call(f"cache.read_{kind}", "signature", "cache_params"))
            name = self.call(f"cache.store_{kind}", "signature", "cache_params", content="line\né\n")
            self.assertEqual(self.call(f"cache.read_{kind}", "signature", "cache_params"), "line\né\n")
            self.assertEqual(pathlib.Path(name).read_text(), "line\né\n")
        name = dijitso.cache.create_src_filename("m", self.params["cache"])
        self.assertEqual(self.call("cache.compress_source_code", "cache_params", src_filename=name), name + ".gz")
        other = {**self.params["cache"], "src_storage": "delete"}
        (self.tmp / "x.cpp").write_text("")
        self.assertIsNone(self.call("cache.compress_source_code", src_filename=str(self.tmp / "x.cpp"), cache_params=other))

    def test_cache_contents(self):
        self.jit("m", "int f(\n  int i) {\n  return i;\n}\n" + ANSWER, header="int f(int);")
        name = self.call("build.build_shared_library", "signature", "params", header="", source=ANSWER, dependencies=())[2]
        self.assertEqual(self.call("cache.extract_lib_signatures", "cache_params"), ["m"])
        found = self.call("cache.glob_cache", "cache_params", categories=("inc", "lib"))
        self.assertEqual((set(found), found["lib"]), ({"inc", "lib"}, [name]))
        source = str(self.cache / "src/m.cpp.gz")
        grep = {"regex": "answer", "linenumbers": False, "countonly": False, "signature": None, "categories": ("src",)}
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **grep), {source: [ANSWER]})
        grep["linenumbers"] = True
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **grep), {source: [(1, ANSWER)]})
        grep["countonly"] = True
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **grep), {source: 1})
        compiled = {**grep, "regex": re.compile(".*(answer)"), "countonly": False}
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **compiled), {source: [(1, ANSWER)]})
        compiled.update(linenumbers=False, signature="")
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **compiled), {source: [ANSWER]})
        compiled.update(countonly=True)
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **compiled), {source: 1})
        compiled.update(regex=re.compile("answer"))  # not at the beginning of a line
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **compiled), {})
        grep["signature"] = "other"
        self.assertEqual(self.call("cache.grep_cache", "cache_params", **grep), {})
        copied = self.call("cache.extract_files", "signature", "cache_params", prefix="p", path="copies",
                           categories=("inc", "src", "lib", "log"))
        self.assertIn("p-m.cpp", {pathlib.Path(file).name for file in copied})
        self.assertEqual(self.call("cache.extract_function", lines=["int f() {\n", "}\n", "int g();\n"]), "int f() {\n}\n")
        self.assertEqual(self.call("cache.check_cache_integrity", "cache_params"), {})
        lines = []
        self.call("cache.report_cache_integrity", dmissing={"file": ["reason"]}, out=lines.append)
        self.assertTrue(len(lines) == 1 and "file" in lines[0] and "reason" in lines[0], lines)
        self.assertIn(name, self.call("cache.clean_cache", "cache_params", dryrun=True, categories=("lib",))["lib"])
        self.assertTrue(pathlib.Path(name).exists())
        self.call("cache.clean_cache", "cache_params", dryrun=False, categories=("lib",))
        self.assertFalse(pathlib.Path(name).exists())

    def test_cache_libraries(self):
        self.call("build.build_shared_library", "params", signature="base", header="int b();", source="int b() { return 1; }",
                  dependencies=())
        name = self.call("build.build_shared_library", "signature", "params", header="",
                         source='#include <base.h>\nextern "C" int value() { return b(); }', dependencies=("base",))[2]
        self.assertEqual(self.call("cache.load_library", "signature", "cache_params").value(), 1)
        self.assertEqual(self.call("cache.lookup_lib", "cache_params", lib_signature="m").value(), 1)
        base = str(self.cache / "lib/libdijitso-base.so")
        self.assertEqual(self.call("cache.get_dijitso_dependencies", "cache_params", libname=name), {"libdijitso-base.so": base})
        data = self.call("cache.read_library_binary", lib_filename=name)
        self.assertEqual((data.dtype, bytes(data[:4])), (numpy.uint8, b"\x7fELF"))
        copy = self.call("cache.write_library_binary", "cache_params", lib_data=data, signature="copy")
        self.assertEqual(pathlib.Path(copy).read_bytes(), data.tobytes())
        pathlib.Path(base).unlink()
        self.assertEqual(self.call("cache.get_dijitso_dependencies", "cache_params", libname=name), {"libdijitso-base.so": None})
        why = self.call("cache.analyse_load_error", "cache_params", e=OSError("cannot open it"), lib_filename=name)
        self.assertTrue("cannot open it" in why and "libdijitso-base.so" in why, why)

    def test_cmdline(self):
        self.jit("m")
        extra = {"grep": ["--pattern", "answer"], "grepfunction": ["--name", "answer"], "checkout": ["--signature", "m"],
                 "config": ["--key", "build.debug"]}
        for name in ("checkout", "config", "grep", "grepfunction", "show", "version", "clean"):
            parser = argparse.ArgumentParser()
            self.assertIsNone(self.call(f"cmdline.args_{name}", parser=parser))
            args = parser.parse_args(extra.get(name, []))
            args.cmd_name = name  # of somebody else
            self.assertEqual(self.call(f"cmdline.cmd_{name}", "params", args=args), 0)
        self.assertEqual(self.call("cmdline.parse_categories", categories="inc,lib"), ("inc", "lib"))

    def test_jit(self):
        for module in ("jit", "dijitso"):
            lib, signature = self.call(f"{module}.jit", "params", jitable=None, name="f" + module, generate=gives(
                'extern "C" void* create() { return nullptr; }'), send=None, receive=None, wait=None)
            self.assertEqual(signature, "f" + module)
            self.assertIsNone(self.call(f"{module}.extract_factory_function", lib=lib, name="create")())
        self.assertRegex(self.call("jit.jit_signature", "params", name="m"), "^m_[0-9a-f]{40}$")

    def test_log(self):
        logger = self.call("log.get_logger")
        self.assertIsInstance(logger, logging.Logger)
        before = self.call("log.get_log_handler")
        self.assertIsInstance(before, logging.Handler)
        self.addCleanup(dijitso.log.set_log_handler, before)
        self.call("log.set_log_handler", handler=logging.NullHandler())
        self.assertIsInstance(dijitso.log.get_log_handler(), logging.NullHandler)
        for module, level in (("log", "error"), ("dijitso", 30)):
            self.call(f"{module}.set_log_level", level=level)
            self.assertEqual(logger.level, logging.ERROR if level == "error" else 30)

    def test_mpi(self):
        comm, path = OneProcess(), str(self.tmp / "comm")
        self.assertIsInstance(self.call("mpi.bcast_uuid", comm=comm), int)
        self.assertEqual(self.call("mpi.discover_path_access_ranks", comm=comm, path=path), [0])
        self.assertEqual(self.call("mpi.gather_global_partitions", comm=comm, partition=numpy.uint64(3)), [3])
        self.assertIsInstance(self.call("mpi.create_subcomm", comm=comm, ranks=[0]), OneProcess)
        node_comm, node_root = self.call("mpi.create_node_comm", comm=comm, comm_dir=path)
        self.assertEqual((node_comm.size, node_root), (1, 0))
        self.assertIsInstance(self.call("mpi.create_node_roots_comm", comm=comm, node_root=0), OneProcess)
        for strategy in ("root", "node", "process"):
            role = self.call(f"mpi.create_comms_and_role_{strategy}", comm=comm, node_comm=node_comm, node_root=0)[2]
            self.assertEqual(role, "builder")
            self.assertEqual(self.call("mpi.create_comms_and_role", comm=comm, comm_dir=path, buildon=strategy)[2], "builder")
        self.assertEqual(self.call("mpi.create_comms_and_role", comm=None, comm_dir=path, buildon="node"), (None, None, "builder"))
        sent = []
        comm.Bcast = lambda data, root: sent.append(data.copy())
        data = numpy.arange(5, dtype=numpy.uint8)
        self.call("mpi.send_binary", comm=comm, lib_data=data)
        self.assertTrue((self.call("mpi.receive_binary", comm=OtherProcess(sent)) == data).all())

    def test_params(self):
        for value in (True, "on", "1"):
            self.assertIs(self.call("params.as_bool", value=value), True)
        self.assertEqual(self.call("params.as_str_tuple", p=["a", "b"]), ("a", "b"))
        self.assertEqual(self.call("params.as_str_tuple", p="a"), ("a",))
        copy = self.call("params.copy_params", "params")
        self.assertEqual(copy, self.params)
        self.assertIsNot(copy["cache"], self.params["cache"])
        default = self.call("params.default_params")
        self.assertIsNone(self.call("params.check_params_keys", "params", default=default))
        with self.assertRaisesRegex(RuntimeError, "nearest valid name is 'cache.inc_dir'"):
            self.call("params.check_params_keys", default=default, params={"cache": {"ink_dir": object()}})
        merged = self.call("params.merge_params", default=default, params={"cache": {"inc_dir": "i", "src_dir": None}})
        self.assertEqual((merged["cache"]["inc_dir"], merged["cache"]["src_dir"], default["cache"]["inc_dir"]),
                         ("i", "src", "include"))
        for category in ("build", "cache", "generator"):
            self.assertEqual(self.call(f"params.default_{category}_params"), default[category])
        self.assertEqual(self.call("params.default_cxx_compiler"), "c++")
        self.assertEqual(self.call("params.default_cxx_flags"), default["build"]["cxxflags"])
        self.assertEqual(self.call("params.default_cxx_debug_flags"), ("-g", "-O0"))
        self.assertIn("-O3", self.call("params.default_cxx_release_flags"))
        self.call("params.discover_config_filename")
        self.assertIsInstance(self.call("params.read_config_file"), dict)
        self.assertEqual(set(self.call("params.session_default_params")), {"cache", "build", "generator"})
        for module in ("params", "dijitso"):
            self.assertEqual(self.call(f"{module}.validate_params", "params"), self.params)

    def test_py23(self):
        for s in ("é", "é".encode()):
            self.assertEqual(self.call("py23.as_bytes", s=s), "é".encode())
            self.assertEqual(self.call("py23.as_unicode", s=s), "é")
            self.assertEqual(self.call("py23.as_native_str", s=s), "é")
            self.assertEqual(self.call("py23.as_native_strings", stringlist=[s]), ["é"])

    def test_signatures(self):
        text = self.call("signatures.canonicalize_params_for_hashing", params={"a": 1})
        digest = self.call("signatures.hash_params", params={"a": 1})
        self.assertEqual(digest, self.call("signatures.hashit", data=text))

    def test_system(self):
        script = "import sys, os; print(sys.stdin.read(), os.getcwd(), os.environ['X']); sys.exit(3)"
        status = self.call("system.get_status_output", cmd=[sys.executable, "-c", script], input="in", cwd="/",
                           env={"X": "é", "LC_ALL": "C.UTF-8"})
        self.assertEqual(status, (3, "in / é\n"))
        path = lambda name: str(self.tmp / name)
        self.assertEqual(self.call("system.store_textfile", filename=path("a"), content="text"), path("a"))
        self.assertEqual(self.call("system.gzip_file", filename=path("a")), path("a.gz"))
        self.call("system.try_delete_file", filename=path("a"))
        self.assertEqual(self.call("system.read_textfile", filename=path("a")), "text")
        self.assertEqual(self.call("system.gunzip_file", gz_filename=path("a.gz")), path("a"))
        self.call("system.try_copy_file", src=path("a"), dst=path("b"))
        self.call("system.move_file", srcfilename=path("b"), dstfilename=path("c"))
        self.call("system.rename_file", src=path("c"), dst=path("d"))
        self.call("system.try_rename_file", src=path("absent"), dst=path("e"))
        self.call("system.lockfree_move_file", src=path("d"), dst=path("f"))
        self.assertEqual((self.tmp / "f").read_text(), "text")
        self.call("system.make_executable", filename=path("f"))
        self.assertTrue((self.tmp / "f").stat().st_mode & 0o100)
        self.call("system.make_dirs", path=path("x/y"))
        self.assertTrue((self.tmp / "x/y").is_dir())
        self.assertIsNone(self.call("system.read_textfile", filename=path("absent")))
        libraries = self.call("system.ldd", libname=dijitso._dijitso.__file__)
        self.assertTrue(libraries["libdijitso.so.0"])

    @classmethod
    def tearDownClass(cls):
        missing = {tuple(row[:2]) for row in DOCUMENTED} - cls.called
        if missing:
            raise AssertionError(f"documented functions that no test called: {sorted(missing)}")


class ImportTest(PackageTest):
    def test_what_a_program_does_not_use_is_not_imported(self):
        heavy = ("argparse", "ctypes", "hashlib", "logging", "numpy", "re", "typing", "uuid")
        program = ("import sys; before = set(sys.modules); import dijitso\n"
                   f"print([name for name in {heavy} if name in sys.modules and name not in before])\n"
                   "print(sorted(name for name in sys.modules if name.startswith('dijitso')))\n")
        self.assertEqual(self.run_python("-c", program), "[]\n['dijitso', 'dijitso._dijitso', 'dijitso.errors', 'dijitso.jit']\n")

    def test_every_name_is_there_when_it_is_used(self):
        program = ("import dijitso\nassert set(dijitso.__all__) <= set(dir(dijitso))\n"
                   "print(all(getattr(dijitso, name) is not None for name in dijitso.__all__), callable(dijitso.jit), dijitso.install.__module__)\n"
                   "try: dijitso.nothing\nexcept AttributeError as error: print(error)\n"
                   "from dijitso import *\nprint(compile.__module__, cache.__name__)")
        self.assertEqual(self.run_python("-c", program), "True True dijitso.hooks\nmodule 'dijitso' has no attribute 'nothing'\n"
                         "dijitso.compiled dijitso.cache\n")

    def test_a_warning_before_anything_is_logged(self):
        program = "import sys, dijitso\ndijitso._dijitso.log(20, 'quiet')\nprint('logging' in sys.modules)\ndijitso._dijitso.log(30, 'loud')"
        self.assertEqual(self.run_python("-c", program), "False\n")
        self.assertEqual(self.stderr, "loud\n")
        program = ("import logging, dijitso\nlogging.getLogger('dijitso').setLevel(logging.DEBUG)\ndijitso._dijitso.log(10, 'asked for')")
        self.run_python("-c", program)
        self.assertEqual(self.stderr, "asked for\n")


if __name__ == "__main__":
    unittest.main()
