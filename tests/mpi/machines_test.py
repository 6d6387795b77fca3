"""Ranks on two machines, as MPI sees it (machine.sh), with a cable between them."""
import json
import os
import pathlib
import shlex
import subprocess

import jobs

MACHINE = pathlib.Path(__file__).resolve().parent / "machine.sh"
TEXT = 100_000  # bytes of the worker's module that can be compressed


def ip(*arguments):
    return subprocess.run(["ip", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


class Machines(jobs.JobTest):
    def setUp(self):
        super().setUp()
        self.machines = ["dijitso-%d-%s" % (os.getpid(), which) for which in "ab"]
        for machine in self.machines:
            ip("netns", "add", machine)
            self.addCleanup(ip, "netns", "del", machine)
        ip("link", "add", "cable", "netns", self.machines[0], "type", "veth",
           "peer", "name", "cable", "netns", self.machines[1])
        for number, machine in enumerate(self.machines, 1):
            ip("-n", machine, "address", "add", "10.77.0.%d/24" % number, "dev", "cable")
            for device in ("lo", "cable"):
                ip("-n", machine, "link", "set", device, "up")
        self.caches = [self.tmp / "a", self.tmp / "a", self.tmp / "b", self.tmp / "b"]

    def mpirun(self, *program):
        """On the first machine, with two ranks on each; gives standard output."""
        hosts = ",".join(machine + ":2" for machine in self.machines)
        command = [jobs.MPIRUN, "--mca", "plm_rsh_agent", str(MACHINE), "--host", hosts, "-n", "4",
                   "--mca", "mpi_yield_when_idle", "1", *map(str, program)]  # both machines have the same processors
        job = subprocess.run([MACHINE, self.machines[0], shlex.join(command)], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        self.assertEqual(job.returncode, 0, job.stdout + job.stderr)
        return job.stdout

    def received(self):
        """Bytes that have come over the cable to the second machine."""
        (device,) = json.loads(ip("-n", self.machines[1], "-json", "-statistics", "link", "show", "dev", "cable"))
        return device["stats64"]["rx"]["bytes"]

    def test_modules_are_compressed_between_machines(self):
        before = self.received()
        ranks = self.said_by(self.mpirun(jobs.WORKER, "multiple", *self.caches), 4)
        self.assertEqual([said["compiles"] for said in ranks], [2, 0, 0, 0])
        self.assertEqual([said["published"] for said in ranks], [2, 0, 2, 0])
        self.assertEqual({said["received"] for said in ranks[1:]}, {ranks[0]["sent"]})
        self.assertLess(ranks[0]["sent"], TEXT // 10)
        self.assertGreater(self.received() - before, ranks[0]["sent"])

        # From the disks of both, nothing travels.
        ranks = self.said_by(self.mpirun(jobs.WORKER, "multiple", *self.caches), 4)
        self.assertEqual([said["disk_hits"] for said in ranks], [2, 0, 2, 0])

    def test_modules_are_not_compressed_on_one_machine(self):
        ranks = self.run_job(self.caches)
        self.assertGreater(ranks[0]["sent"], TEXT)

    def test_one_directory_that_both_machines_see(self):
        ranks = self.said_by(self.mpirun(jobs.WORKER, "multiple", self.tmp / "cache"), 4)
        self.assertEqual([said["published"] for said in ranks], [2, 0, 0, 0])
        self.assertEqual(list((self.tmp / "cache" / "comm").iterdir()), [])
        ranks = self.said_by(self.mpirun(jobs.WORKER, "multiple", self.tmp / "cache"), 4)
        self.assertEqual([said["disk_hits"] for said in ranks], [2, 0, 0, 0])
        self.assertEqual({said["received"] for said in ranks[1:]}, {ranks[0]["sent"]})

    def test_faults(self):
        beside = pathlib.Path(jobs.WORKER).parent
        self.assertIn("All tests passed", self.mpirun(beside / "mpi_faults_test", "[many]"))
        self.assertIn("All tests passed", self.mpirun(beside / "mpi_jit_test"))


if __name__ == "__main__":
    jobs.main()
