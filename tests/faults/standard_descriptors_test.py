"""A program may have closed standard input, output and error: no file that is worked on has one of their numbers, or what
other threads print would get into it, and it would be what they read. Seen by strace."""
import re
import shutil

import faults

USES = "read,pread64,readv,write,pwrite64,writev,mmap"
# The C library opens files by itself: libraries, and a setting that its malloc asks for before it gives memory back. It
# only reads them, so what others print cannot get there.
OF_THE_C_LIBRARY = re.compile(r"\.so(\.|$)|^/memfd:|^/proc/sys/vm/overcommit_memory$")


class StandardDescriptors(faults.FaultTest):
    def low_files(self, **environment):
        """The files that were read or written under a number of those three, while the program had closed them."""
        log = self.tmp / "strace.log"
        worker = self.start("closed", prefix=[shutil.which("strace"), "-f", "-y", "-qq", "-e",
                                              "trace=close,dup2," + USES, "-o", str(log)], **environment)
        output, errors = worker.communicate()
        self.assertEqual(worker.returncode, 0, output + errors)
        text = log.read_text()
        begin, end = text.rindex("close(2<pipe"), text.rindex("dup2(")
        self.assertIn("read(", text[begin:end])
        used = re.findall(r" (?:%s)\((?:[^()]*, )?[012]<([^>]*)>" % USES.replace(",", "|"), text[begin:end])
        return {name for name in used if not OF_THE_C_LIBRARY.search(name)}

    def test_run_time_linker(self):
        self.assertEqual(self.low_files(), set())

    def test_shared_libraries(self):
        self.assertEqual(self.low_files(DIJITSO_CACHE_LIB_LOADER="dlopen"), set())

    def test_host_libraries(self):
        self.assertEqual(self.low_files(DIJITSO_BUILD_LIBS="m", DIJITSO_BUILD_CXXFLAGS="-O2 -include limits.h"), set())


if __name__ == "__main__":
    faults.main()
