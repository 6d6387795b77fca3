"""dijitso.dolfinx.compile_cpp_code: C++ that gets the objects of Debian's DOLFINx, for real and for complex numbers, where no compiler is."""
import programs

CODE = """
#include <dolfinx/la/Vector.h>
#include <dolfinx/mesh/Mesh.h>
#include <petscvec.h>
#include <pybind11/pybind11.h>
#include "caster_mpi.h"
#include "caster_petsc.h"

PYBIND11_MODULE(SIGNATURE, m) {
  import_petsc4py();
  m.def("cells", [](const dolfinx::mesh::Mesh& mesh) { return mesh.topology().index_map(2)->size_local(); });
  m.def("mesh", [](std::shared_ptr<dolfinx::mesh::Mesh> mesh) { return mesh; });
  m.def("size", [](dolfinx_wrappers::MPICommWrapper comm) { int n; MPI_Comm_size(comm.get(), &n); return n; });
  m.def("scale", [](Vec x, double a) { VecScale(x, a); });
  m.attr("scalar") = sizeof(PetscScalar);
}
"""
PROGRAM = f"""
import json
import dijitso, dijitso.dolfinx, dolfinx.mesh
from mpi4py import MPI
from petsc4py import PETSc
module = dijitso.dolfinx.compile_cpp_code({CODE!r}, cppargs=["-DUNUSED"])
mesh = dolfinx.mesh.create_unit_square(MPI.COMM_WORLD, 3, 4)._mesh  # the object of C++
x = PETSc.Vec().createSeq(3)
x.set(2)
module.scale(x, 1.5)
print(json.dumps({{"cells": module.cells(mesh), "same": module.mesh(mesh) is mesh, "size": module.size(MPI.COMM_WORLD), "x": x.sum().real,
                  "scalar": module.scalar, "name": module.__name__, "compiles": dijitso._dijitso.counters()["compiles"]}}))
"""


class CppCode(programs.ProgramsTest):
    def test_objects_of_dolfinx(self):
        program = self.root / "program.py"
        program.write_text(PROGRAM)
        for build, scalar in (("dolfinx-real", 8), ("dolfinx-complex", 16)):
            for compiles in (1, 0):
                run = self.ours(build, program)
                self.assertEqual(run.code, 0, run.errors)
                (found,) = run.documents
                self.assertRegex(found.pop("name"), "^dolfinx_[0-9a-f]{20}$")
                self.assertEqual(found, {"cells": 24, "same": True, "size": 1, "x": 9, "scalar": scalar, "compiles": compiles})
                self.assert_starts_nothing(run, {"python3"})

    def test_errors(self):
        program = self.root / "program.py"
        program.write_text("import dijitso.dolfinx\nfrom dijitso.errors import *\n"
                           "try:\n    dijitso.dolfinx.compile_cpp_code(b'')\nexcept InvalidArgument as error: print(error)\n"
                           "try:\n    dijitso.dolfinx.compile_cpp_code('#include <dolfinx/mesh/Mesh.h>\\nint f() { return nothing; }')\n"
                           "except CompileFailed as error: print(error)\n"
                           "import os\nos.environ['PKG_CONFIG_LIBDIR'] = '/nowhere'\ndijitso.dolfinx.compile_cpp_code('')\n")
        run = self.ours("dolfinx-real", program)
        self.assertIn("is a str, not bytes", run.output)
        self.assertIn("use of undeclared identifier 'nothing'", run.output)
        self.assertIn("InvalidArgument: the package 'dolfinx', which build.packages names, was not found: dolfinx.pc is in none of", run.errors)


if __name__ == "__main__":
    programs.main()
