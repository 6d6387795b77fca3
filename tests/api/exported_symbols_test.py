"""exported_symbols_test.py LIBRARY...: these libraries export what exported_symbols.txt lists, and nothing else.

Each line of the list is a library and a demangled name, sorted. A function that is added to the API is added there. The libraries for MPI
export the same; with MPICH MPI_Comm is int.
"""
import pathlib
import subprocess
import sys
import unittest

LISTED = pathlib.Path(__file__).resolve().parent / "exported_symbols.txt"
SHORTER = {
    "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >": "std::string",
    "std::basic_string_view<char, std::char_traits<char> >": "std::string_view",
    "std::allocator<std::string >": "std::allocator<std::string>",
    "[abi:cxx11]": "",
    "ompi_communicator_t*": "MPI_Comm",
}


def exported(library):
    listing = subprocess.run(["nm", "-D", "-C", "--defined-only", "--extern-only", library], check=True,
                             capture_output=True, text=True).stdout
    for line in listing.splitlines():
        name = line.split(" ", 2)[2]  # after address and type
        for long, short in SHORTER.items():
            name = name.replace(long, short)
        yield name


class ExportedSymbols(unittest.TestCase):
    maxDiff = None

    def test_nothing_else(self):
        listed = LISTED.read_text().splitlines()
        for library in LIBRARIES:
            name = library.name.replace("-mpich", "")
            names = [line.partition(" ")[2] for line in listed if line.startswith(name + " ")]
            found = sorted(set(exported(library)))
            if name.startswith("libdijitso-mpi"):
                names, found = (sorted(symbol.replace("MPI_Comm", "int") for symbol in symbols) for symbols in (names, found))
            self.assertEqual("\n".join(found), "\n".join(names), library)


if __name__ == "__main__":
    LIBRARIES = [pathlib.Path(library) for library in sys.argv[1:]]
    unittest.main(argv=sys.argv[:1])
