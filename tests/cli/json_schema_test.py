"""Every document that --json prints is one that docs/json-schema.json describes, on an empty cache and on one with everything in it."""
import json
import pathlib
import re

import cli
import json_schema
import objects

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "json-schema.json"
HEADERS = SCHEMA.parents[1] / "include" / "dijitso"
EVERYWHERE = (["version"], ["config"], ["config", "--key", "cache_dir"], ["config", "--key", "build.cxxflags"], ["show"],
              ["show", "--files", "--signatures"], ["show", "--count"], ["grep", "--pattern", "value"], ["grep", "--pattern", "value", "--filesonly"],
              ["grep", "--pattern", "value", "--countonly"], ["grepfunction", "--name", "element_value"], ["clean", "-n"], ["symbols", "value"],
              ["report"], ["stats"], ["stats", "--zero", "-n"], ["verify"], ["verify", "--all"], ["gc", "--max-size", "1K", "-n"], ["pin"], ["unpin"], ["locks"],
              ["doctor", "--no-compile"], ["doctor"], ["pack-headers", "-I", str(HEADERS), "-o", "headers.pack"], ["pack-headers", "--list", "headers.pack"],
              ["precompile", "--for", str(HEADERS / "error.h"), "-I", str(HEADERS.parent)])
OF_MODULES = (["inspect", "form"], ["inspect", "element", "--all"], ["symbols", ".*", "--regexmode"], ["disasm", "form"],
              ["disasm", "element", "--function", "element_value"], ["diff", "form"], ["diff", "form", "element"], ["checkout", "--signature", "form"],
              ["checkout", "--signature", "form", "-n"], ["deps", "form"], ["deps", "element", "--reverse"], ["why", "form", "element"],
              ["why", "element", "form"], ["explain", "form"], ["explain", "form", "element"], ["explain", "form", "--against-current"],
              ["export", "--all", "-o", "all.tar.zst"], ["import", "all.tar.zst"], ["import", "all.tar.zst", "-n"], ["pin", "form"],
              ["unpin", "form"], ["gc", "--max-size", "1G"])


class JsonSchema(objects.ObjectTest):
    def setUp(self):
        super().setUp()
        self.root = json.loads(SCHEMA.read_text())
        self.schema = json_schema.Schema(self.root)

    def faults(self, command, document):
        return self.schema.faults(document, self.root["$defs"][command])

    def documents(self, runs):
        for args in runs:
            done = self.run_tool(*args, "--json")
            self.assertIn(done.returncode, (0, 1, 2, 3), (args, done.stderr))
            yield args, json.loads(done.stdout)

    def check(self, runs):
        for args, document in self.documents(runs):
            with self.subTest(args=args):
                self.assertEqual(self.faults(args[0], document), [])
                self.assertEqual(document["schema_version"], 1)

    def build_everything(self):
        """Two modules in two variants each, a dependency that is missing, something damaged, a pin, a claim, records that cannot be read."""
        self.build(DIJITSO_BUILD_DEBUG="yes")
        self.build()
        self.ok("pin", "element")
        sound = self.add("claims/form.0123456789abcdef", "dijitso claim 1\nhost here\nboot b\nnamespace n\npid 1\nstart 2\nid i\n")
        self.add("claims/element.0123456789abcdef", "no claim")
        self.add("stats/202001.sum", "no record\n20200101 disk_hits=1 .\n")
        self.add("quarantine/x.0123456789abcdef.o.0123456789abcdef", "damaged")
        self.add("obj/damaged.0123456789abcdef.o", b"damaged")
        self.add("src/damaged.cpp.gz", b"no gzip")
        return sound

    def test_every_command_with_json_is_described_and_run(self):
        names = re.findall(r"^  ([a-z-]+) ", self.ok("--help").split("Subcommands:")[1], re.M)
        self.assertIn("show", names)
        with_json = {name for name in names if "--json" in self.ok(name, "--help")}
        self.assertEqual(with_json - set(self.root["$defs"]), set())
        self.assertEqual(with_json - {args[0] for args in (*EVERYWHERE, *OF_MODULES)}, set())

    def test_empty_cache(self):
        self.check(EVERYWHERE)

    def test_full_cache(self):
        self.build_everything()
        self.check((*EVERYWHERE, *OF_MODULES))

    def test_a_missing_dependency(self):
        self.build_everything()
        for file in (self.cache / "obj").glob("element.*"):
            file.unlink()
        self.check((["deps", "form"], ["explain", "form"], ["verify", "--all"], ["report"]))

    def test_schema_is_whole(self):
        """Each reference leads somewhere, each required member is described, and nothing is used that the check does not know."""
        def walk(schema):
            self.assertEqual(set(schema.get("required", [])) - set(schema.get("properties", {})), set())
            if "$ref" in schema:
                self.schema.resolve(schema["$ref"])
            self.schema.faults(None, schema)
            for inner in (*schema.get("properties", {}).values(), *schema.get("oneOf", []), schema.get("items"), schema.get("additionalProperties")):
                if isinstance(inner, dict):
                    walk(inner)
        for schema in self.root["$defs"].values():
            walk(schema)

    def wrong_copies(self, value):
        """The value with one thing wrong in it, again and again."""
        if isinstance(value, dict):
            for name in value:
                if isinstance(value[name], (dict, list)) and value[name]:
                    for wrong in self.wrong_copies(value[name]):
                        yield {**value, name: wrong}
                yield {**value, name: {"wrong": 1}}
            yield {**value, "undescribed": 1}
        elif isinstance(value, list):
            for wrong in self.wrong_copies(value[0]):
                yield [wrong, *value[1:]]
        else:
            yield [["wrong"]]

    def test_wrong_documents_are_found(self):
        self.build_everything()
        tried = 0
        free = ("build",)  # whose members are anybody's, in inspect
        for args, document in self.documents((["show", "--files", "--signatures"], ["report"], ["stats"], ["inspect", "form"], ["verify"], ["locks"])):
            for name in free:
                document.pop(name, None)
            for wrong in self.wrong_copies(document):
                wrong = {**wrong, **({"build": {}} if args[0] == "inspect" else {})}
                tried += 1
                self.assertNotEqual(self.faults(args[0], wrong), [], (args, wrong))
            for name in document:
                without = {**document, **({"build": {}} if args[0] == "inspect" else {})}
                del without[name]
                if name != "signatures":  # only on request
                    self.assertNotEqual(self.faults(args[0], without), [], (args, name))
        self.assertGreater(tried, 100)


if __name__ == "__main__":
    cli.main()
