// The types of the functions and variables that a module exports, as its compiler knew them: lib.prototypes().
//
// Types are texts: v void, b bool, c char, i4 and u4 integers of four bytes, f8 a floating-point number of eight, z16 a
// complex number of sixteen, pT a pointer to T (pkT: to const T), rT a reference, s3 the structure with this index,
// a5,T an array of five T, x a function, o anything else. docs/cache-format.md has the whole list. All of this is plain
// data, owned by the caller.
#pragma once

#include <dijitso/export.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

struct Prototype {
  enum class Kind { function, variable };

  Kind kind = Kind::function;
  std::string name;         // in the source: "f", or "n::f" in a namespace of C++
  std::string symbol;       // linker name: "f", or "_ZN1n1fEd"
  std::string declaration;  // for people: "double n::f(double x)"
  std::string type;         // of the result, or of the variable; for a constant variable with a "k" before it
  std::vector<std::string> parameters = {};
  bool is_variadic = false;
};

// A structure that other code can lay out and pass in the same way.
struct Structure {
  struct Field {
    std::string type;
    std::size_t offset = 0;
    std::string name;
  };

  std::string name;  // empty when it has none
  std::size_t size = 0;
  std::vector<Field> fields = {};
};

struct Prototypes {
  std::vector<Prototype> exports;  // in the order of the source
  std::vector<Structure> structures;

  // The export with this linker name, or else the only one with this name in the source. nullptr when there is none.
  // LinkFailed, with all declarations, when several have the name. Points into this object.
  DIJITSO_API const Prototype* find(std::string_view name) const;
};

}  // namespace dijitso
