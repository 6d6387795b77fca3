"""The headers declare every documented function with its documented parameters, in order, and their defaults."""
import ast
import collections
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent / "include" / "dijitso"

# How many functions each module has; "dijitso" are those that the package itself offers too.
COUNTS = {"build": 4, "cache": 35, "cmdline": 15, "dijitso": 4, "jit": 3, "log": 4, "mpi": 12, "params": 17, "signatures": 3,
          "system": 14}
# The module in whose header a function of the package is declared.
HOME = {"validate_params": "params", "jit": "jit", "extract_factory_function": "jit", "set_log_level": "log"}

# What C++ says in its own way: a default,
DEFAULTS = {"<function warning>": "{}"}  # an empty function is the log
# a name,
NAMES = {("check_params_keys", "default"): "defaults",  # `default` is a word of the language
         ("merge_params", "default"): "defaults"}
# further parameters,
MORE = {f"cmd_{command}": [("out", "std::cout")]  # C++ has no sys.stdout that a caller could replace
        for command in ("checkout", "clean", "config", "grep", "grepfunction", "show", "version")}
# and all overloads of a function. The object to translate may be left out, because a lambda has it already; send,
# receive and wait are members of one Exchange, because all of them are optional.
OVERLOADS = {"jit": [[("name", ""), ("params", ""), ("generate", "{}"), ("exchange", "{}")],
                     [("jitable", ""), ("name", ""), ("params", ""), ("generate", ""), ("exchange", "{}")]]}


def cpp_default(text):
    if text in DEFAULTS:
        return DEFAULTS[text]
    value = ast.literal_eval(text)
    if value is None:
        return "std::nullopt"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return "{" + ", ".join(f'"{item}"' for item in value) + "}"


def split(text):
    """At commas that are in no bracket and no quotes, up to the bracket that closes what is not open."""
    parts, depth, quote = [""], 0, ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        depth += 0 if quote else (c in "([{<") - (c in ")]}>")
        if depth < 0:
            break
        if c == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip()]


def documented():
    for line in (HERE / "documented.tsv").read_text().splitlines():
        module, function, parameters = line.split("\t")
        pairs = [parameter.partition("=")[::2] for parameter in split(parameters)]
        yield module, function, [(name, default) for name, default in pairs]


def expected(function, parameters):
    """The overloads that the header must declare; one list stands for any number of equal ones."""
    if function in OVERLOADS:
        return OVERLOADS[function]
    own = [(NAMES.get((function, name), name), cpp_default(default) if default else "") for name, default in parameters]
    return [own + MORE.get(function, [])]


def header(module, function):
    return (INCLUDE / f"{HOME[function] if module == 'dijitso' else module}.h").read_text()


def declared(module, function):
    """The parameters of all overloads."""
    text = re.sub(r"//[^\n]*", "", header(module, function))
    found = []
    for match in re.finditer(rf"(?:DIJITSO_API|template <[^>]*>) [^;({{]*\b{function}\(", " ".join(text.split())):
        parameters = []
        for parameter in split(match.string[match.end():]):
            declaration, _, default = parameter.partition(" = ")
            parameters.append((re.search(r"(\w+)$", declaration).group(1), default))
        found.append(parameters)
    return found


class Declarations(unittest.TestCase):
    def test_the_list_is_complete(self):
        self.assertEqual(collections.Counter(module for module, _, _ in documented()), COUNTS)

    def test_every_function(self):
        for module, function, parameters in documented():
            with self.subTest(f"{module}.{function}"):
                overloads = declared(module, function)
                self.assertTrue(overloads, "it is not declared")
                for wanted in expected(function, parameters):
                    self.assertIn(wanted, overloads)
                for overload in overloads:
                    self.assertIn(overload, expected(function, parameters))

    def test_every_function_says_which_it_is(self):
        for module, function, _ in documented():
            with self.subTest(f"{module}.{function}"):
                comments = re.findall(r"// Documented: ((?:[^\n]*\n *//)*[^\n]*)", header(module, function))
                known = any(re.search(rf"\b{function}\(", comment) for comment in comments)
                # "make_inc_dir(cache_params), and so on" stands for all make_*_dir.
                family = [re.match(r"([a-z]+)_\w+?(_\w+)?\(\w+.*\), and so on", comment) for comment in comments]
                known = known or any(match and function.startswith(match[1] + "_") and function.endswith(match[2] or "")
                                     for match in family)
                self.assertTrue(known, "no comment says that it is documented")

    def test_the_package_offers_its_four(self):
        for module, function, _ in documented():
            if module == "dijitso" and HOME[function] != "jit":  # those of jit are in the namespace dijitso anyway
                self.assertIn(f"\nusing {HOME[function]}::{function};\n", header(module, function))

    def test_exceptions_are_of_documented_functions(self):
        functions = {function for _, function, _ in documented()}
        named = {function for function, _ in NAMES} | set(MORE) | set(OVERLOADS) | set(HOME)
        self.assertEqual(named - functions, set())


if __name__ == "__main__":
    unittest.main()
