// Takes the modules of FFC through dijitso: run_modules.h.
#include "evaluate.h"
#include "run_modules.h"

int main(int argc, char** argv) { return ffc::run_modules(argc, argv, "ffc_modules_run", FFC_MANIFEST, ffc::evaluate); }
