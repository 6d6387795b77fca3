"""dijitso-cache locks: who is building what."""
import os
import pathlib
import platform
import re
import subprocess

import cli

SLOT = ".0123456789abcdef"


class Locks(cli.CliTest):
    def claim(self, name, pid, host=None, start=0):
        plain = lambda text: re.sub(r"[^a-zA-Z0-9.]", "_", text)
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        self.add("claims/" + name + SLOT, "dijitso claim 1\nhost %s\nboot %s\nnamespace %s\npid %d\nstart %d\nid x\n" % (
            host or plain(platform.node()), plain(boot) if host is None else "other", plain(os.readlink("/proc/self/ns/pid")), pid, start))

    def states(self):
        return {lock["module"]: lock["state"] for lock in self.json("locks", "--json")["locks"]}

    def test_none(self):
        self.assertEqual(self.ok("locks"), "Nothing is being built.\n")
        self.assertEqual(self.json("locks", "--json"), {"schema_version": 1, "cache_dir": str(self.cache), "locks": []})
        self.assertFalse(self.cache.exists())

    def test_states(self):
        ended = subprocess.Popen(["/bin/true"])
        ended.wait()
        self.claim("running", os.getpid())
        self.claim("ended", ended.pid)
        self.claim("elsewhere", 1, "far")
        self.claim("old", 1, "far")
        os.utime(self.cache / "claims" / ("old" + SLOT), (1, 1))
        self.add("claims/garbage" + SLOT, "text")
        self.add("claims/notes", "not ours")
        (self.cache / "claims" / ("linked" + SLOT)).symlink_to("/etc/passwd")
        os.mkfifo(self.cache / "claims" / ("fifo" + SLOT))
        before = self.files()
        self.assertEqual(self.states(), {"running": "alive", "ended": "stale", "elsewhere": "unknown", "old": "stale",
                                         "garbage": "damaged"})
        lines = self.ok("locks").splitlines()
        self.assertIn("running%s: alive, process %d on host %s, for " % (SLOT, os.getpid(), platform.node()), "\n".join(lines))
        self.assertEqual(len(lines), 5)
        self.assertEqual(self.files(), before)


if __name__ == "__main__":
    cli.main()
