"""Runs the command of a C or C++ compiler in this process: `gcc -O2 -c a.c -o a.o`, `g++ -shared a.o b.o -lm -o m.so`, or both in one.

What programs start is a command, so this is the one thing that hooks have in common. A source becomes a module of the cache, named after its
file and a digest of its text. The file that was asked for is a copy of the object in the cache; what is linked are the objects in
the cache themselves, because their names stay the same when a program works in another temporary folder each time. Tested in
tests/python/hooks/command_test.py.
"""
from __future__ import annotations

import os
import re
from typing import Any, NamedTuple, Sequence

import dijitso
from dijitso.errors import CompileFailed, LinkFailed

_C = (".c",)
_CXX = (".cc", ".cpp", ".cxx", ".c++", ".C", ".CPP", ".cp")
_LINKED = (".o", ".a", ".so", ".lo", ".obj")
_WITH_VALUE = frozenset(("-I", "-D", "-U", "-L", "-l", "-R", "-z", "-u", "-include", "-imacros", "-isystem", "-idirafter", "-iquote",
                         "-isysroot", "-Xlinker", "-rpath", "-target"))
_LAUNCHERS = ("ccache", "sccache", "distcc")
_ONLY_FOR_LINKING = ("-l", "-L", "-R", "-Wl,", "-Xlinker", "-rpath")
_FOR_LINKING = (*_ONLY_FOR_LINKING, "-fopenmp", "-pthread")


class CommandFailed(Exception):
    """The command failed; the text is what a compiler would have printed, with the user's file and line."""


class Command(NamedTuple):
    """A command that this process can run."""

    sources: list[str]
    linked: list[str]  # objects, archives and shared libraries
    flags: list[list[str]]  # each with its value, if that is a word of its own
    output: str
    links: bool
    is_cxx: bool  # whether a file called .c is C++ for this compiler
    is_mpi: bool  # whether the compiler adds what MPI needs


def parse(words: Sequence[str]) -> Command | None:
    """The command in `words`, of which the first is the compiler; None for one that does something else than to compile C and C++
    into objects or shared libraries. The compiler may stand behind ccache."""
    if words and os.path.basename(words[0]) in _LAUNCHERS:
        words = words[1:]
    sources: list[str] = []
    linked: list[str] = []
    flags: list[list[str]] = []
    output, compiles, links = "", False, False
    rest = iter(words[1:])
    for word in rest:
        if word == "-o":
            output = next(rest, "")
        elif word == "-c":
            compiles = True
        elif word == "-shared":
            links = True
        elif word in _WITH_VALUE:
            flags.append([word, next(rest, "")])
        elif word.startswith("-"):
            flags.append([word])
        elif word.endswith(_C + _CXX):
            sources.append(word)
        elif word.endswith(_LINKED) or ".so." in os.path.basename(word):
            linked.append(word)
        else:
            return None
    is_possible = compiles != links and (links or len(sources) == 1) and not any(_does_something_else(flag[0]) for flag in flags)
    if not output or not is_possible:
        return None
    compiler = os.path.basename(words[0])
    return Command(sources, linked, flags, output, links, "++" in compiler or "cxx" in compiler.lower(), compiler.startswith("mpi"))


def in_folder(command: Command, folder: str) -> Command:
    """The command as it is meant in this folder: with absolute names of files."""

    def absolute(names: list[str]) -> list[str]:
        return [os.path.join(folder, name) for name in names]

    return command._replace(sources=absolute(command.sources), linked=absolute(command.linked), output=os.path.join(folder, command.output))


def _does_something_else(flag: str) -> bool:
    return flag in ("-E", "-S", "-fsyntax-only", "-x", "-static", "-###") or flag.startswith(("-M", "-dump", "-print", "--version"))


def run(command: Command) -> None:
    """Make the file that the command makes, which appears when it is complete. CommandFailed, or DijitsoError for a flag that is refused."""
    try:
        made = _link(command) if command.links else _compiled(command.sources[0], command)
        _copy(made, command.output)
        if not command.links:
            _objects[os.path.realpath(command.output)] = _stamp(command.output), made
    except OSError as error:
        raise CommandFailed(str(error)) from error


# Objects that this process has made: by the file that was asked for, its stamp and the file in the cache.
_objects: dict[str, tuple[tuple[int, int], str]] = {}


def _stamp(path: str) -> tuple[int, int]:
    facts = os.stat(path)
    return facts.st_mtime_ns, facts.st_size


def _copy(made: str, path: str) -> None:
    import shutil
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".dijitso-")
    os.close(handle)
    try:
        shutil.copyfile(made, temporary)
        os.chmod(temporary, 0o755 if path.endswith(".so") else 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _link(command: Command) -> str:
    """A shared library in the cache. It is that of a module without code of its own, into which the objects are linked."""
    objects = [_compiled(source, command) for source in command.sources]
    objects += [_in_cache(path) for path in command.linked]
    flags = [word for flag in command.flags if flag[0].startswith(_FOR_LINKING) for word in flag]
    digest = _digest(_text_of(flags, command))
    for path in objects:
        with open(path, "rb") as file:
            digest.update(_digest(file.read()).digest())
    name = f"{_plain(command.output)}-{digest.hexdigest()}"
    return _made(name, "", ["-O2", *flags], command, ".cpp", objects)


def _text_of(flags: list[str], command: Command) -> bytes:
    return repr(flags + ["mpi"] * command.is_mpi).encode()


def _digest(content: bytes) -> Any:
    from hashlib import blake2b

    return blake2b(content, digest_size=10)


def _in_cache(path: str) -> str:
    stamp, made = _objects.get(os.path.realpath(path), (None, ""))
    return made if made and stamp == _stamp(path) and os.path.exists(made) else os.path.abspath(path)


def _compiled(source: str, command: Command) -> str:
    """The object of a source in the cache."""
    with open(source, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    flags = [word for flag in command.flags if not flag[0].startswith(_ONLY_FOR_LINKING) for word in flag]
    folder = os.path.dirname(os.path.abspath(source))
    if _includes_from(folder, text):
        flags[:0] = ["-iquote", folder]
    digest = _digest(_text_of(flags, command) + text.encode("utf-8", "surrogateescape"))
    extension = ".c" if source.endswith(_C) and not command.is_cxx else ".cpp"
    return _made(f"{_plain(source)}-{digest.hexdigest()}", text, flags, command, extension, None, source)


def _includes_from(folder: str, text: str) -> bool:
    """Whether the text may include a file in this folder. If not, modules in other folders may have the same headers precompiled."""
    for quoted, macro in re.findall(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]*)"|(\w))', text, re.MULTILINE):
        if macro or os.path.exists(os.path.join(folder, quoted)):
            return True
    return False


def _plain(path: str) -> str:
    """A part of the name of a module, for people."""
    return re.sub(r"\W", "_", os.path.basename(path).split(".")[0], flags=re.ASCII)[:60] or "module"


def _made(name: str, text: str, flags: list[str], command: Command, extension: str, objects: list[str] | None, source: str = "") -> str:
    params: dict[str, Any] = {
        "cache": {"src_postfix": extension, "lib_loader": "import", "fail_dir_root": os.path.dirname(os.path.abspath(command.output))},
        "build": {"language": "c" if extension == ".c" else "c++", "cxxflags": flags, "cxxflags_opt": [], "debug": False,
                  "libs": objects or [], "mpi": command.is_mpi, "lenient": objects is None},
    }
    try:
        if objects is None:
            return dijitso.build.build_object(name, "", text, (), params)
        return dijitso._dijitso.build_shared_library(name, "", text, [], params)
    except (CompileFailed, LinkFailed) as error:
        raise CommandFailed(_in_words_of_the_user(str(error), name + extension, source)) from error


def _in_words_of_the_user(message: str, file: str, source: str) -> str:
    if not source:
        return message
    lines = [line for line in message.splitlines()[1:] if not line.startswith("See '")]
    return "\n".join(lines or [message]).replace(f"/dijitso/{file}", source).replace(file, source)
