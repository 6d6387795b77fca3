// Takes the modules of FFCx through dijitso: tests/ffc/run_modules.h.
#include "evaluate.h"
#include "run_modules.h"

int main(int argc, char** argv) {
  return ffc::run_modules(argc, argv, "ffcx_modules_run", FFCX_MANIFEST, ffcx::evaluate);
}
