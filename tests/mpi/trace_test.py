"""DIJITSO_TRACE of four ranks: one file, in which each is a process."""
import collections
import json
import os

import jobs


class Trace(jobs.JobTest):
    def process(self, rank):
        return f"{os.path.basename(jobs.WORKER)}, rank {rank}"

    def test_one_file(self):
        file = self.tmp / "trace.json"
        self.run_job([self.tmp / "cache"], DIJITSO_TRACE=str(file))
        events = json.loads(file.read_text() + "]")
        names = {event["args"]["name"]: event["pid"] for event in events if event["name"] == "process_name"}
        self.assertEqual(set(names), {self.process(rank) for rank in range(4)})
        self.assertEqual(len(set(names.values())), 4)
        by_process = collections.defaultdict(collections.Counter)
        for event in events:
            if event["ph"] == "X":
                self.assertGreaterEqual(event["dur"], 0)
                by_process[event["pid"]][event["name"]] += 1
        builder = by_process.pop(names[self.process(0)])
        self.assertEqual([builder[name] for name in ("agree", "build", "generate", "codegen", "publish", "send", "receive", "link")],
                         [1, 1, 2, 2, 2, 1, 0, 2])
        for found in by_process.values():
            self.assertEqual([found[name] for name in ("agree", "build wait", "generate", "codegen", "send", "receive", "link")],
                             [1, 1, 0, 0, 0, 1, 2])

    def test_a_file_for_each(self):
        self.run_job([self.tmp / "cache"], DIJITSO_TRACE=str(self.tmp / "rank%r.json"))
        for rank in range(4):
            events = json.loads((self.tmp / ("rank%d.json" % rank)).read_text() + "]")
            self.assertEqual(events[0]["args"], {"name": self.process(rank)})
            self.assertEqual(len({event["pid"] for event in events}), 1)


if __name__ == "__main__":
    jobs.main()
