"""Recipe of Spack. There is no archive to download: use it with `spack dev-build` in a tree of the sources."""
from spack.package import *


class Dijitso(CMakePackage):
    """A just-in-time compiler and object cache for generated C and C++ code, with Clang and LLVM inside the process: for form compilers
    such as FFC and FFCx, and the programs of FEniCS that use them."""

    license("LGPL-3.0-or-later")
    manual_download = True

    version("0.1.0")

    variant("mpi", default=True, description="The library dijitso::mpi, and MPI in Python")
    variant("python", default=True, description="The Python package, which takes the place of py-fenics-dijitso")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    # Linked as shared libraries, but for lld. The compiler also reads Clang's own headers.
    depends_on("llvm@22 +clang +lld +llvm_dylib +link_llvm_dylib")
    depends_on("spdlog@1.10:", type="build")
    depends_on("cli11@2.1:", type="build")
    depends_on("nlohmann-json@3.11:", type="build")
    depends_on("zstd")
    depends_on("zlib-api")
    depends_on("libdeflate")
    depends_on("pkgconfig", type="build", when="+mpi")
    depends_on("mpi", when="+mpi")

    with when("+python"):
        extends("python@3.11:")
        depends_on("py-pybind11@2.10:", type="build")
        depends_on("pkgconfig", type="build")
        depends_on("libffi")
        depends_on("py-numpy", type=("build", "run"))
        depends_on("py-mpi4py", type=("build", "run"), when="+mpi")
        conflicts("py-fenics-dijitso")

    conflicts("%gcc@:11", msg="dijitso is written in C++20")
    conflicts("platform=darwin", msg="dijitso makes ELF objects")
    conflicts("platform=windows", msg="dijitso makes ELF objects")

    generator("ninja")

    def cmake_args(self):
        args = [
            self.define("DIJITSO_TESTS", False),
            self.define("DIJITSO_BENCH", False),
            self.define("DIJITSO_EXAMPLES", False),
            self.define("LLVM_DIR", join_path(self.spec["llvm"].prefix.lib, "cmake", "llvm")),
            self.define_from_variant("DIJITSO_MPI", "mpi"),
            self.define_from_variant("DIJITSO_PYTHON", "python"),
        ]
        if self.spec.satisfies("+python"):
            python = self.spec["python"]
            args.append(self.define("Python_EXECUTABLE", python.command.path))
            args.append(self.define("DIJITSO_PYTHON_DIR", python.package.platlib))
        return args
