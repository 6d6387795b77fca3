// Decides about each flag: it is accepted, dropped with a warning, or refused with a reason.
#pragma once

#include <llvm/Option/Arg.h>

#include <string_view>

namespace dijitso::compilation {

enum class Verdict : unsigned char {
  taken,         // passed to the driver; it is part of the key, and headers found through it are watched
  dropped,       // left out with a warning: it has no effect here, or does not change the code
  loads,         // this and all following are refused: it would load code into the process
  bypasses,      // passes options to parts of the compiler without these checks
  inner,         // an option of the compiler proper, which only the driver uses
  is_global,     // changes the compiler for the whole process
  reads_flags,   // reads flags from a file
  reads,         // reads modules, or files that are not headers
  writes,        // writes files other than the object
  measures,      // reads or writes profiles
  prints,        // prints to the output of the process
  no_object,     // the result is not an object
  other_target,  // for another machine, or for graphics processors
  convention,    // changes how functions are called
  runtime,       // needs a run-time library that cannot be loaded later
  starts,        // starts other programs
  chosen,        // chosen by dijitso: input, output, and the kind of output
  unknown        // missing in the table
};

// The verdict on an option by its name in Clang's option table, with dashes: "-fplugin=".
Verdict verdict_on(std::string_view name);

// The reason why the flag is refused, to follow "compiler flag ... is refused: "; empty when it is accepted. Aliases
// are treated like their options.
std::string_view reason_to_refuse(const llvm::opt::Arg& arg);

// The same for a compiler command, which is a process of its own: it may print, and choose the kind of its output. A
// flag that Clang does not know is not refused: Clang's driver reports it as it always does.
std::string_view reason_to_refuse_in_command(const llvm::opt::Arg& arg);

// Whether a flag that is not refused is left out, because the table says so or because Clang does not know it.
bool is_dropped(const llvm::opt::Arg& arg);

}  // namespace dijitso::compilation
