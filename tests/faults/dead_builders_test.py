"""Processes that hold a claim and die, stop, or are out of sight: the next one goes on at once, or after a bounded wait."""
import os
import re
import signal

import faults

# Far beyond the time limit of this suite: a test that waited for it would fail by that.
NEVER = "3600"


class DeadBuilders(faults.FaultTest):
    def only_claim(self):
        (name,) = self.names_in("claims")
        return self.cache / "claims" / name

    def builds_at_once(self):
        result, errors = self.run_worker("one", DIJITSO_CACHE_CLAIM_TIMEOUT=NEVER)
        self.assertEqual((result["wrong"], result["compiles"], result["published"], errors), (0, 1, 1, ""))
        self.assert_no_leftovers()

    def builds_after_a_wait(self):
        result, errors = self.run_worker("one", DIJITSO_CACHE_CLAIM_TIMEOUT="1")
        self.assertEqual((result["wrong"], result["compiles"], result["waits"], result["published"]), (0, 1, 1, 1))
        self.assertEqual(len(errors.splitlines()), 1, errors)
        self.assertIn("building 'one'", errors)
        self.assertEqual(len(self.names_in("obj")), 1)

    def test_killed_while_it_builds(self):
        builder = self.hold()
        # What it would have left had it been killed a little later: a file that it was writing.
        identity = re.search(r"^id (.*)-\d+$", self.only_claim().read_text(), re.M).group(1)
        (self.cache / "tmp" / (identity + "-999")).write_text("half an entry")
        builder.kill()
        builder.wait()
        self.assertEqual(len(self.names_in("claims")), 1)
        self.builds_at_once()

    def test_killed_while_others_wait(self):
        builder = self.hold()
        waiters = [self.start("one", DIJITSO_CACHE_CLAIM_TIMEOUT=NEVER) for _ in range(3)]
        builder.kill()
        results = [self.finish(waiter)[0] for waiter in waiters]
        self.assertEqual([result["wrong"] for result in results], [0, 0, 0])
        self.assertEqual(sum(result["compiles"] for result in results), 1)
        self.assert_no_leftovers()

    def test_those_who_wait_get_what_was_built(self):
        builder = self.hold()
        waiters = [self.start("one", DIJITSO_CACHE_CLAIM_TIMEOUT=NEVER) for _ in range(3)]
        builder.stdin.write("\n")
        builder.stdin.flush()
        self.assertEqual(self.finish(builder)[0]["compiles"], 1)
        for waiter in waiters:
            result, errors = self.finish(waiter)
            self.assertEqual((result["wrong"], result["compiles"], result["disk_hits"], errors), (0, 0, 1, ""))
        self.assert_no_leftovers()

    def test_stopped(self):
        builder = self.hold()
        os.kill(builder.pid, signal.SIGSTOP)
        self.builds_after_a_wait()
        # When it comes back it finds the entry there, and is right too.
        os.kill(builder.pid, signal.SIGCONT)
        builder.stdin.write("\n")
        builder.stdin.flush()
        result, errors = self.finish(builder)
        self.assertEqual((result["wrong"], errors), (0, ""))
        self.assertEqual(len(self.names_in("obj")), 1)
        self.assert_no_leftovers()

    def test_claimed_on_another_host(self):
        builder = self.hold()
        claim = self.only_claim()
        text = re.sub(r"^host .*$", "host far-away", claim.read_text(), flags=re.M)
        text = re.sub(r"^boot .*$", "boot 00000000-0000-0000-0000-000000000000", text, flags=re.M)
        builder.kill()
        builder.wait()
        claim.unlink()
        claim.write_text(text)
        self.builds_after_a_wait()
        self.assertEqual(claim.read_text(), text)  # it is not ours to remove

    def test_a_claim_of_a_process_whose_number_is_another_ones_now(self):
        builder = self.hold()
        claim = self.only_claim()
        text = re.sub(r"^pid .*$", "pid %d" % os.getpid(), claim.read_text(), flags=re.M)
        builder.kill()
        builder.wait()
        claim.unlink()
        claim.write_text(text)
        self.builds_at_once()

    def test_a_claim_of_an_ended_process_that_nobody_has_waited_for(self):
        builder = self.hold()
        builder.kill()
        os.waitid(os.P_PID, builder.pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie
        self.builds_at_once()


if __name__ == "__main__":
    faults.main()
