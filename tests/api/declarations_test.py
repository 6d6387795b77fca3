"""The headers declare every documented function with its documented parameters, in order, and their defaults."""
import ast
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent / "include" / "dijitso"

# A default that C++ says in its own way: an empty function is the log.
OWN_WAY = {"<function warning>": "{}"}


def cpp_default(text):
    if text in OWN_WAY:
        return OWN_WAY[text]
    value = ast.literal_eval(text)
    if value is None:
        return "std::nullopt"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return "{" + ", ".join(f'"{item}"' for item in value) + "}"


def split(text):
    """At commas that are in no bracket and no quotes."""
    parts, depth, quote = [""], 0, ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "\"'":
            quote = c
        depth += 0 if quote else (c in "([{<") - (c in ")]}>")
        if c == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip()]


def documented():
    for line in (HERE / "documented.tsv").read_text().splitlines():
        module, function, parameters = line.split("\t")
        pairs = [parameter.partition("=")[::2] for parameter in split(parameters)]
        yield module, function, [(name, cpp_default(default) if default else "") for name, default in pairs]


def declared(module, function):
    """The parameters of all overloads."""
    text = re.sub(r"//[^\n]*", "", (INCLUDE / f"{module}.h").read_text())
    found = []
    for match in re.finditer(rf"DIJITSO_API [^;(]*\b{function}\(", text):
        end = text.index(");", match.end())
        parameters = []
        for parameter in split(" ".join(text[match.end():end].split())):
            declaration, _, default = parameter.partition(" = ")
            parameters.append((re.search(r"(\w+)$", declaration).group(1), default))
        found.append(parameters)
    return found


class Declarations(unittest.TestCase):
    def test_every_function(self):
        functions = list(documented())
        self.assertEqual(len([f for f in functions if f[0] == "system"]), 14)
        self.assertEqual(len([f for f in functions if f[0] == "cache"]), 35)
        for module, function, parameters in functions:
            with self.subTest(f"{module}.{function}"):
                overloads = declared(module, function)
                self.assertTrue(overloads, "it is not declared")
                for overload in overloads:
                    self.assertEqual(overload, parameters)

    def test_every_function_says_which_it_is(self):
        for module, function, _ in documented():
            with self.subTest(f"{module}.{function}"):
                text = (INCLUDE / f"{module}.h").read_text()
                families = {"_basename", "_filename", "_dir"}
                known = f"Documented: {function}(" in text or f" and {function}(" in text
                family = any(function.endswith(end) and re.search(rf"Documented: \w+{end}\(\w+.*\), and so on", text)
                             for end in families)
                family = family or re.search(rf"Documented: {function[:4]}\w+\(.*\), and so on", text)
                self.assertTrue(known or family, "no comment says that it is documented")


if __name__ == "__main__":
    unittest.main()
