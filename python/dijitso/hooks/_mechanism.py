"""Replaces functions of other packages, when these are imported, and puts them back.

A hook lists modules, and for each a function that says what is to be replaced in it. For a module that is not imported yet, a finder
at the front of sys.meta_path waits for its import, so a hook for a package that a program does not use costs nothing. Tested in
tests/python/hooks/mechanism_test.py.
"""
from __future__ import annotations

import sys

from dijitso.errors import DijitsoError

TYPE_CHECKING = False  # typing and threading are not imported for it
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from threading import RLock
    from types import ModuleType
    from typing import Any, Callable, Iterable, Mapping, Sequence

    Make = Callable[[Any], Any]  # makes a function like the one that it gets
else:
    from _thread import RLock


class Replacement:
    """`owner.name` is replaced by make(owner.name)."""

    def __init__(self, owner: Any, name: str, make: Make) -> None:
        self.owner, self.name, self.make = owner, name, make


class Hook:
    """What is replaced in which modules. `versions` are those of the package that it was tried with, for people."""

    def __init__(self, name: str, versions: str, seams: Mapping[str, Callable[[ModuleType], Iterable[Replacement]]]) -> None:
        self.name, self.versions, self.seams = name, versions, seams


def checked(hook_name: str, owner: Any, name: str, known: Mapping[str, Sequence[str]], make: Make) -> Replacement:
    """The replacement of the function `owner.name`, if its parameters are in the table `known`.

    The table has the names of the parameters in versions of the package: the number of a version of somebody's own is not precise
    enough. Raises DijitsoError when the function is not known.
    """
    import inspect

    stock: Any = getattr(owner, name, None)
    what = f"which has no function {name}"
    if inspect.isfunction(stock):
        parameters = list(inspect.signature(stock).parameters)
        if parameters in [list(row) for row in known.values()]:
            return Replacement(owner, name, make)
        what = f"whose {name} takes {', '.join(parameters)}"
    raise DijitsoError(f"the hook '{hook_name}' does not know this {owner.__name__}, {what}: use {' or '.join(known)}, "
                       "or do not install the hook")


_lock = RLock()
_installed: dict[str, Hook] = {}


class _Function:
    """A function that hooks have replaced, one after the other."""

    def __init__(self, owner: Any, name: str) -> None:
        self.owner, self.name = owner, name
        self.stock = self.ours = getattr(owner, name)
        self.makers: list[tuple[str, Make]] = []

    def add(self, hook_name: str, make: Make, ours: Any) -> None:
        self.makers.append((hook_name, make))
        self._set(ours)

    def remove(self, hook_name: str) -> None:
        self.makers = [maker for maker in self.makers if maker[0] != hook_name]
        function = self.stock
        for _, make in self.makers:
            function = _made_of(function, make)
        self._set(function)

    def is_current(self) -> bool:
        """False when somebody else has replaced it since."""
        return getattr(self.owner, self.name) is self.ours

    def _set(self, function: Any) -> None:
        setattr(self.owner, self.name, function)
        self.ours = getattr(self.owner, self.name)


def _made_of(stock: Any, make: Make) -> Any:
    import functools

    return functools.update_wrapper(make(stock), stock)


_functions: dict[tuple[int, str], _Function] = {}


def install(hook: Hook) -> None:
    """Replace what is imported already, and the rest when it is imported. DijitsoError: nothing was replaced."""
    with _lock:
        if hook.name in _installed:
            return
        _installed[hook.name] = hook
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)
        try:
            for name in hook.seams:
                if name in sys.modules:
                    _replace_in(hook, name, sys.modules[name])
        except BaseException:
            uninstall(hook)
            raise


def uninstall(hook: Hook) -> None:
    """Put the functions back; what other hooks have replaced remains."""
    with _lock:
        _installed.pop(hook.name, None)
        for key, function in list(_functions.items()):
            if function.is_current():
                function.remove(hook.name)
            if not function.makers or not function.is_current():
                del _functions[key]
        if not _installed and _finder in sys.meta_path:
            sys.meta_path.remove(_finder)


def _replace_in(hook: Hook, module_name: str, module: ModuleType) -> None:
    with _lock:
        replacements = list(hook.seams[module_name](module))
        # First all are made: any may be refused.
        made = [_made_of(getattr(each.owner, each.name), each.make) for each in replacements]
        for each, ours in zip(replacements, made):
            key = (id(each.owner), each.name)
            function = _functions.get(key)
            if function is None or not function.is_current():
                function = _functions[key] = _Function(each.owner, each.name)
            function.add(hook.name, each.make, ours)


class _Finder:
    """Finds nothing itself: has the other finders find a module that a hook waits for, and changes it after its import."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        waiting = [hook for hook in list(_installed.values()) if fullname in hook.seams]
        if not waiting:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(fullname, path, target) if find and finder is not self else None
            if spec is not None:
                if spec.loader is not None:
                    _run_after(spec.loader, waiting, fullname)
                return spec
        return None


def _run_after(loader: Any, hooks: list[Hook], fullname: str) -> None:
    """Have `hooks` change the module that `loader` will execute. Its type stays, for those who ask a module for its loader."""

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        loader.exec_module(module)
        for hook in hooks:
            if hook.name in _installed:
                _replace_in(hook, fullname, module)

    loader.exec_module = exec_module


_finder: Any = _Finder()
