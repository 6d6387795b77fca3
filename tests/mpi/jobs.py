"""Runs the worker program under mpirun for the suites in this folder, each test with a directory of its own."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

MPIRUN = None
IS_MPICH = False  # else Open MPI
WORKER = None


def rank_processes(job):
    """The processes of the ranks, which are children of mpirun; with MPICH, of a process that mpirun has on each machine."""
    def children(pid):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    return children(*children(job.pid)) if IS_MPICH else children(job.pid)


class JobTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dijitso-jobs-")
        self.addCleanup(temporary.cleanup)
        self.tmp = pathlib.Path(temporary.name)

    def start(self, caches, level="multiple", ranks=4, prefix=(), **environment):
        """A running mpirun, ended at the end of the test if it still runs."""
        command = [MPIRUN, "-n", str(ranks), *["--oversubscribe"] * (not IS_MPICH), *prefix, WORKER, level, *map(str, caches)]
        job = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.stop, job)
        return job

    @staticmethod
    def stop(job):
        if job.poll() is None:
            job.terminate()  # mpirun ends its ranks
        job.communicate()

    def run_job(self, caches, **more):
        """What the ranks say, in their order; the job must end well and have nothing to complain of."""
        job = self.start(caches, **more)
        output, errors = job.communicate()
        # MPICH 4.0 counts the datatypes that were not freed at the end, and dijitso makes none.
        errors = re.sub(r"\[WARNING\] yaksa: \d+ leaked handle pool objects\n", "", errors)
        self.assertEqual((job.returncode, errors), (0, ""), output)
        return self.said_by(output, more.get("ranks", 4))

    def said_by(self, output, count):
        ranks = sorted((json.loads(line) for line in re.findall(r"{.*?}", output)), key=lambda said: said["rank"])
        self.assertEqual([said["rank"] for said in ranks], list(range(count)))
        self.assertTrue(all(said["right"] for said in ranks))
        return ranks

    @staticmethod
    def total(ranks, what):
        return sum(said[what] for said in ranks)


def main():
    global MPIRUN, WORKER
    if len(sys.argv) < 3 or not os.access(sys.argv[2], os.X_OK):
        sys.exit("usage: %s <mpirun> <path of the worker> [unittest options]" % sys.argv[0])
    # The suites import this file as a module of its own.
    jobs = sys.modules["jobs"]
    jobs.MPIRUN = sys.argv.pop(1)
    jobs.IS_MPICH = b"HYDRA" in subprocess.run([jobs.MPIRUN, "--version"], check=True, capture_output=True).stdout
    jobs.WORKER = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__")
