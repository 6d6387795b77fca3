"""Every command line of the table ends as with Clang's own command, and leaves the same files with the same contents."""
import concurrent.futures
import os
import shlex
import shutil

import compiler_commands
from command_lines import CXX_LINES, C_LINES, FILES, LONG_LINES, STDIN

# The linker is another one, so these files are compared by their names only.
LINKED = {"a.out", "x", "x.so"}


def lines(table):
    return [line for line in table.strip().splitlines() if line]


class CommandLinesTest(compiler_commands.CommandTest):
    def carry_out(self, folder, program, line):
        """How the command ends, in a folder with nothing but `FILES`; the files that it makes, and those that it removes."""
        shutil.rmtree(folder, ignore_errors=True)
        compiler_commands.write_files(folder, FILES)
        done = self.run_command(*shlex.split(line), program=program, cwd=folder, stdin=STDIN)
        after = self.names(folder)
        made = {name: b"" if os.path.basename(name) in LINKED else (folder / name).read_bytes() for name in after - set(FILES)}
        return done, made, set(FILES) - after

    def compare(self, number, program, peer, line):
        folder = self.work / str(number)  # the same for both, because debug information names it
        done, made, gone = self.carry_out(folder, program, line)
        wanted, wanted_made, wanted_gone = self.carry_out(folder, peer, line)
        shutil.rmtree(folder)
        faults = []
        if (done.returncode == 0) != (wanted.returncode == 0) or done.returncode not in (0, 1):
            faults.append("exit code %d instead of %d" % (done.returncode, wanted.returncode))
        if set(made) != set(wanted_made) or gone != wanted_gone:
            faults.append("makes %s instead of %s" % (sorted(made), sorted(wanted_made)))
            faults.append("removes %s instead of %s" % (sorted(gone), sorted(wanted_gone)))
        different = sorted(name for name in made if wanted_made.get(name, made[name]) != made[name])
        if different:
            faults.append("other contents of %s" % different)
        return "%s %.200s: %s\n%s" % (program, line, "; ".join(faults), done.stderr[:400]) if faults else None

    def check(self, program, peer, table):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda numbered: self.compare(numbered[0], program, peer, numbered[1]), enumerate(lines(table)))
            faults = [fault for fault in results if fault]
        self.assertEqual(faults, [], "\n" + "\n".join(faults))

    def test_c(self):
        self.check("dijitso-cc", compiler_commands.CLANG, C_LINES)

    def test_long(self):
        self.check("dijitso-cc", compiler_commands.CLANG, LONG_LINES)

    def test_cxx(self):
        self.check("dijitso-c++", compiler_commands.CLANG.replace("clang-", "clang++-"), CXX_LINES)


if __name__ == "__main__":
    compiler_commands.main()
