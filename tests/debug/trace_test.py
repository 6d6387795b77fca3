"""DIJITSO_TRACE: what a program that takes modules of FFC through dijitso writes, cold and warm, alone and beside others."""
import collections
import json
import pathlib
import subprocess

import debugging

SIX = {"generate", "frontend", "optimise", "codegen", "publish", "link"}


class Trace(debugging.DebugTest):
    def setUp(self):
        super().setUp()
        self.file = self.cache.parent / "trace.json"
        self.env.update(DIJITSO_TRACE=str(self.file), DIJITSO_BUILD_DEBUG="no")

    def start(self, *options, **more):
        return subprocess.Popen([debugging.WORKER, "--json", "--families", "poisson", *options], env={**self.env, **more}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_modules(self, **more):
        """The number of modules, and what was warned of."""
        process = self.start(**more)
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 0, errors)
        return json.loads(output)["modules"], errors

    def events(self, file=None):
        """By process; each line is one event, and only the closing bracket is missing."""
        text = (file or self.file).read_text()
        self.assertTrue(text.startswith("[\n"))
        processes = collections.defaultdict(list)
        for event, line in zip(json.loads(text + "]"), text.splitlines()[1:], strict=True):
            self.assertEqual(json.loads(line.rstrip(",")), event)
            processes[event["pid"]].append(event)
        return processes

    def by_module(self, events):
        """Names of events by module, in the order of their beginnings."""
        modules = collections.defaultdict(list)
        for event in sorted((event for event in events if event["ph"] == "X"), key=lambda event: event["ts"]):
            self.assertGreaterEqual(event["dur"], 0)
            modules[event["args"]["signature"]].append(event)
        return {name: modules[name] for name in modules if name.startswith("ffc_")}

    def only(self, events, name):
        (event,) = (event for event in events if event["name"] == name)
        return event

    def assert_within(self, inner, outer):
        self.assertGreaterEqual(inner["ts"], outer["ts"])
        self.assertLessEqual(inner["ts"] + inner["dur"], outer["ts"] + outer["dur"] + 0.002)
        self.assertEqual(inner["tid"], outer["tid"])

    def test_cold(self):
        count, errors = self.run_modules()
        self.assertEqual(errors, "")
        ((_, events),) = self.events().items()
        modules = self.by_module(events)
        self.assertEqual(len(modules), count)
        for name, found in modules.items():
            names = collections.Counter(event["name"] for event in found)
            # The program takes everything from disk again afterwards, which is a lookup and a link more.
            self.assertEqual({step: names[step] for step in SIX}, {**dict.fromkeys(SIX, 1), "link": 2}, name)
            self.assertEqual(found[0]["name"], "lookup")
            compile, steps = self.only(found, "compile"), [self.only(found, step) for step in ("frontend", "optimise", "codegen")]
            for step in steps:
                self.assert_within(step, compile)
            for before, after in zip(steps, steps[1:]):
                self.assertAlmostEqual(before["ts"] + before["dur"], after["ts"], delta=0.002)
            order = [event["name"] for event in found if event["name"] in SIX]
            self.assertEqual(order[:4], ["generate", "frontend", "optimise", "codegen"])
            self.assertLess(compile["ts"] + compile["dur"], self.only(found, "publish")["ts"])
        names = {event["name"]: event["args"]["name"] for event in events if event["ph"] == "M" and event["tid"] == event["pid"]}
        self.assertEqual(names, {"process_name": "ffc_modules_run", "thread_name": "main"})
        threads = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
        self.assertEqual({threads[event["tid"]] for event in events if event["name"] == "frontend"}, {"compiler"})

    def test_precompiled_headers(self):
        self.run_modules()
        ((_, events),) = self.events().items()
        threads = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
        made = [event for event in events if event["name"] == "precompile"]
        self.assertGreater(len(made), 0)
        # Modules of FFC share headers: the first one makes them, where it is compiled.
        self.assertEqual({threads[event["tid"]] for event in made}, {"compiler"})

    def test_warm(self):
        self.run_modules(DIJITSO_TRACE="")
        self.assertFalse(self.file.exists())
        count, _ = self.run_modules()
        ((_, events),) = self.events().items()
        modules = self.by_module(events)
        self.assertEqual(len(modules), count)
        for name, found in modules.items():
            names = {event["name"] for event in found}
            self.assertEqual(names, {"lookup", "link"}, name)

    def test_two_processes_share_a_file(self):
        processes = [self.start(), self.start()]
        for process in processes:
            output, errors = process.communicate()
            self.assertEqual((process.returncode, errors), (0, ""), output)
        found = self.events()
        self.assertEqual(set(found), {process.pid for process in processes})
        modules = [self.by_module(found[process.pid]) for process in processes]
        self.assertEqual(set(modules[0]), set(modules[1]))
        # Each module was compiled by one of them.
        for name in modules[0]:
            self.assertEqual(sum(event["name"] == "codegen" for which in modules for event in which[name]), 1)

    def test_a_later_run_goes_on_in_the_file(self):
        self.run_modules()
        self.run_modules()
        self.assertEqual(len(self.events()), 2)
        # Or has one of its own.
        self.run_modules(DIJITSO_TRACE=str(self.cache.parent / "trace-%p.json"))
        (file,) = self.cache.parent.glob("trace-*.json")
        self.assertEqual({str(pid) for pid in self.events(file)}, {file.stem.split("-")[1]})

    def test_two_tiers(self):
        self.run_modules(DIJITSO_BUILD_TIER="auto")
        ((_, events),) = self.events().items()
        names = collections.Counter(event["name"] for event in events)
        modules = len(self.by_module(events))
        self.assertEqual(names["frontend"], modules)
        self.assertEqual(names["optimise"], names["codegen"])
        self.assertGreater(names["codegen"], modules)

    def test_a_file_that_cannot_be_written_is_one_warning(self):
        missing = self.cache.parent / "none" / "trace.json"
        count, errors = self.run_modules(DIJITSO_TRACE=str(missing))
        self.assertGreater(count, 0)
        self.assertRegex(errors, r"\Adijitso: warning: DIJITSO_TRACE has no effect: cannot create '[^\n]*none[^\n]*\n\Z")
        notes = self.cache.parent / "notes.txt"
        notes.write_text("mine\n")
        _, errors = self.run_modules(DIJITSO_TRACE=str(notes))
        self.assertIn("exists and is no trace: remove it, or give another name", errors)
        self.assertEqual(notes.read_text(), "mine\n")


if __name__ == "__main__":
    debugging.main()
