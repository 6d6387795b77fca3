"""Runs FFCx's own compile functions with some steps replaced.

A function such as compile_forms of ffcx.codegeneration.jit names and declares the objects, and calls three functions of its module
for the rest: get_cached_module, _compile_objects (which calls FFCx's compiler, then a C compiler) and _load_objects. Here the same
function runs with these three replaced, so names, signatures and declarations are those of the installed FFCx. Versions of FFCx
differ in how their compiler is called: the table below lists that. Tested in tests/python/ffcx.
"""
from __future__ import annotations

import functools
import importlib.util
import inspect
import os
import types
from typing import Any, Callable, Iterable, NamedTuple

import dijitso
from dijitso.errors import DijitsoError, InvalidArgument
from dijitso.ffcx._modules import Declarations, JITModule, module_of


class Interface(NamedTuple):
    """How ffcx.compiler.compile_ufl_objects is called, and where the C code is in its result."""

    prefix: str
    options: str
    code_of: Callable[[Any], Any]


# Identified by the names of the parameters, because the number of a development version is not precise enough.
INTERFACES = (
    Interface("namespace", "options", lambda result: result[0][-1]),  # FFCx 0.11: ((header, source), file name endings)
    Interface("prefix", "options", lambda result: result[1]),  # from 0.6 on: (header, source) or more
    Interface("prefix", "parameters", lambda result: result[1]),  # 0.5
)

_STEPS = ("get_cached_module", "_compile_objects", "_load_objects")


@functools.lru_cache(maxsize=1)
def interface() -> Interface:
    """The row of the table for the installed FFCx."""
    import ffcx  # type: ignore[import]

    known = _parameters_of_compiler()
    for row in INTERFACES:
        if row.prefix in known and row.options in known:
            return row
    raise DijitsoError(f"dijitso.ffcx does not know FFCx {ffcx.__version__}, whose compile_ufl_objects takes {', '.join(known)}: "
                       "use FFCx 0.5 to 0.11")


def _parameters_of_compiler() -> tuple[str, ...]:
    """Those of ffcx.compiler.compile_ufl_objects. The module is not executed, because it imports all of FFCx, which a program whose
    modules are in the cache does not need."""
    spec: Any = importlib.util.find_spec("ffcx.compiler")
    for code in spec.loader.get_code(spec.name).co_consts:
        if isinstance(code, types.CodeType) and code.co_name == "compile_ufl_objects":
            return code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    return ()


def in_process(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function like `stock`, a compile function of FFCx, that does not use its C compiler and its cache."""
    if not isinstance(stock, types.FunctionType) or not set(_STEPS) <= set(stock.__code__.co_names):
        raise DijitsoError(f"dijitso.ffcx does not know this {stock.__name__} of ffcx.codegeneration.jit, for it does not call "
                           f"{', '.join(_STEPS)}: install dijitso.ffcx before anything else that replaces it, or use another FFCx")
    signature = inspect.signature(stock)

    @functools.wraps(stock)
    def compile_in_process(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        _settle_coordinate_elements(bound.arguments.get("forms", ()))
        request = _Request(bound.arguments)
        steps = dict(zip(_STEPS, (request.look_up, request.compile, request.load)))
        function = types.FunctionType(stock.__code__, {**stock.__globals__, **steps}, stock.__name__, None, stock.__closure__)
        try:
            objects, module, code = function(**bound.arguments)
        except _Failure as failure:
            raise failure.error from None
        return objects, module, code if request.is_generated else (None, None)

    return compile_in_process


def _settle_coordinate_elements(forms: Iterable[Any]) -> None:
    """Set the coordinate elements of the meshes of `forms` as FFCx 0.5 does when it compiles, but before the forms get their names.

    Otherwise a form's name depends on whether another form on the same mesh was compiled before it or came from the cache: a second
    run, and other MPI processes, would request names that were never compiled. The element is not reset, as with FFCx alone:
    without it, expressions on curved meshes would use another geometry. Newer versions of FFCx do not change meshes.
    """
    if interface().options != "parameters":
        return
    import ufl  # type: ignore[import]

    for form in forms:
        for integral in form.integrals():
            mesh = integral.ufl_domain()
            element = mesh.ufl_coordinate_element()
            if element.sub_elements()[0].variant() is None:
                mesh._ufl_coordinate_element = ufl.VectorElement(ufl.FiniteElement(
                    element.family(), element.cell(), element.degree(), element.quadrature_scheme(), variant="equispaced"))
        # The form may already have a dictionary of its meshes, and the hash of a mesh depends on its element.
        form._analyze_domains()


def _source_in_cache(module_name: str, cache_params: dict[str, Any]) -> str:
    name = dijitso.cache.create_src_filename(module_name, cache_params)
    return name if os.path.exists(name) else f"{name}.gz"


class _Failure(BaseException):
    """Carries an error past FFCx, which would look for files of its C compiler when it sees an Exception."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class _Request:
    """One call of a compile function."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._arguments = arguments
        self._module: JITModule | None = None
        self.is_generated = False

    def look_up(self, *args: Any) -> tuple[None, None]:
        """Replaces get_cached_module. Returns nothing, because `compile` searches the cache."""
        return None, None

    def compile(self, decl: str, ufl_objects: Any, object_names: Any, module_name: str, options: Any, cache_dir: Any,
                *args: Any, **more: Any) -> str | None:
        """Replaces _compile_objects. `more` are arguments of FFCx's compiler."""
        if self._arguments["cache_dir"] is None:
            os.rmdir(cache_dir)  # FFCx made it for the files of its C compiler
        try:
            return self._compile(Declarations(decl), ufl_objects, module_name, options, more)
        except Exception as error:
            raise _Failure(error)

    def load(self, cache_dir: Any, module_name: str, object_names: list[str]) -> tuple[list[Any], JITModule]:
        """Replaces _load_objects."""
        assert self._module is not None
        return [getattr(self._module.lib, name) for name in object_names], self._module

    def _compile(self, declarations: Declarations, ufl_objects: Any, module_name: str, options: Any, more: Any) -> str | None:
        names = interface()
        code: str | None = None

        def generate(*args: Any) -> tuple[str, str, tuple[()]]:
            nonlocal code
            import ffcx.compiler  # type: ignore[import]

            arguments = {names.prefix: module_name, names.options: options, **more}
            code = names.code_of(ffcx.compiler.compile_ufl_objects(ufl_objects, **arguments))
            return "", f"{code}\n{declarations.as_code(module_name)}", ()

        params = self._params()
        library, _ = dijitso.jit(ufl_objects, module_name, params, generate)
        cache_params = params["cache"]
        self._module = module_of(library, declarations, _source_in_cache(module_name, cache_params))
        self.is_generated = code is not None
        if self.is_generated and self._arguments["cffi_verbose"]:
            print(dijitso.cache.read_log(module_name, cache_params) or f"{module_name} was compiled, but the cache keeps no log")
        return code

    def _params(self) -> dict[str, dict[str, Any]]:
        """The parameters of dijitso for FFCx's arguments."""
        import cffi  # type: ignore[import]
        import ffcx.codegeneration  # type: ignore[import]

        given = self._arguments
        timeout = given["timeout"]
        if isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0:
            raise InvalidArgument(f"timeout is a number of whole seconds, not {timeout!r}")
        cache_dir = given["cache_dir"]
        return {
            "cache": {
                "cache_dir": None if cache_dir is None else os.fspath(cache_dir),
                "src_postfix": ".c",
                "lib_loader": "orc",
                "claim_timeout": timeout,
            },
            "build": {
                "language": "c",
                "cxxflags": ["-O0", "-g"] if given["cffi_debug"] else ["-O2"],
                "cxxflags_opt": list(given["cffi_extra_compile_args"] or ()),
                "debug": False,
                "include_dirs": [ffcx.codegeneration.get_include_path()],
                "libs": list(given["cffi_libraries"] or ()),
            },
            "generator": {"ffcx": ffcx.__version__, "cffi": cffi.__version__},
        }
