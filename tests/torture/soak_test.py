"""Many processes with threads on one directory, which commands clean and repair meanwhile, and of which some are killed.

Some of the processes fork while their threads are in the library, and end while they are."""
import os
import random
import subprocess
import time

import torture

SECONDS = 600 if torture.IS_FULL else 12
PROCESSES = 16 if torture.IS_FULL else 6
WAYS = ({"DIJITSO_CACHE_LIB_LOADER": "orc"}, {"DIJITSO_CACHE_LIB_LOADER": "dlopen"}, {"DIJITSO_BUILD_TIER": "auto"})
ENDS = ("joins", "exits", "thread-exits", "main-thread-ends")


class Soak(torture.TortureTest):
    def start(self, command, **environment):
        program, *arguments = command
        return command, subprocess.Popen([os.path.join(torture.PROGRAMS, program), *map(str, arguments)], cwd=self.home,
                                         env={**self.env, **environment}, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def commands(self):
        return [("gc", "--max-size", "20K"), ("clean",), ("clean", "--categories", "inc"), ("verify", "--all", "--repair"),
                ("show",), ("stats",), ("import", self.archive), ("pin", "m3"), ("unpin", "m3")]

    def next_command(self, numbers):
        kind = numbers.random()
        if kind < 0.4:
            return ("torture_worker", "use", 40, numbers.randrange(1000), 3)
        if kind < 0.7:
            return ("torture_worker", "mix", numbers.randrange(1000), 2, numbers.choice(ENDS))
        return ("dijitso-cache", *numbers.choice(self.commands()))

    def check(self, command, process, was_killed):
        output, errors = process.communicate(timeout=torture.BOUND)
        if was_killed and process.returncode == -9:
            return "killed"
        text = (command, process.returncode, output, errors)
        if command[0] == "torture_worker":
            self.assertEqual(process.returncode, 0, text)
        else:
            # `pin` of a module that is not there at the moment is an error; `verify` may find what was killed in between.
            self.assertIn(process.returncode, (0, 1), text)
        return "right"

    def test_forks_and_ends(self):
        """Each end with each way of making code, with an empty cache and with a full one."""
        for seed in range(50 if torture.IS_FULL else 2):
            for way in WAYS:
                for end in ENDS:
                    with self.subTest(seed=seed, end=end, **way):
                        if seed % 2 == 0:
                            self.restore(None)
                        self.must_run("torture_worker", "mix", seed, 6, end, **way)

    def test_soak(self):
        self.must_run("torture_worker", "use", 60, 1, 2)
        self.archive = self.tmp / "archive.tar.zst"
        self.must_run("dijitso-cache", "export", "--all", "--output", self.archive)
        numbers = random.Random(1)
        tally = {"killed": 0, "right": 0}
        end = time.monotonic() + SECONDS
        running = []
        while time.monotonic() < end or running:
            while time.monotonic() < end and len(running) < PROCESSES:
                running.append(self.start(self.next_command(numbers), **numbers.choice(WAYS)))
            command, process = running.pop(numbers.randrange(len(running)))
            was_killed = numbers.random() < 0.2
            if was_killed:
                process.kill()
            tally[self.check(command, process, was_killed)] += 1
        print(tally)
        self.assertGreater(tally["right"], 10)
        # All is right again, and nothing is left over.
        self.must_run("torture_worker", "use", 60, 2, 2)
        self.must_run("dijitso-cache", "verify", "--all", "--repair")
        self.must_run("dijitso-cache", "verify", "--all")
        self.assertEqual(self.leftovers(), [])


if __name__ == "__main__":
    torture.main()
