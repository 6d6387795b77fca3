// The types of functions that are called with Python values, read from the codes of <dijitso/prototypes.h>.
#pragma once

#include <pybind11/pybind11.h>

#include <dijitso/prototypes.h>

#include <ffi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace dijitso::python {

namespace py = pybind11;

enum class Kind : std::uint8_t {
  nothing,
  boolean,
  integer,
  natural,
  floating,
  complex,
  pointer,
  structure,
  function,
  other
};

// What a pointer points to, for comparison with the elements of an array.
struct Pointee {
  Kind kind = Kind::other;
  std::size_t size = 0;  // of one element; 0 when unknown
  bool is_const = false;
  bool is_character = false;
  bool is_reference = false;  // it is no pointer, but a reference
};

struct CallType {
  Kind kind = Kind::other;
  std::size_t size = 0;
  Pointee pointee = {};  // of a pointer
  ffi_type* passed = &ffi_type_void;
  py::object python_class = {};  // of ctypes: a structure, or the pointer that a function returns
};

// What the codes of one module mean. It must outlive its types.
class CallTypes {
 public:
  // `classes` are the ctypes.Structure classes of the structures, in their order.
  CallTypes(const std::vector<Structure>& structures, py::list classes);

  // Kind::other for what cannot be passed, or is not known.
  CallType read(std::string_view code);

 private:
  struct Layout {
    ffi_type type{};
    std::vector<ffi_type*> elements;
  };

  CallType read_sized(char letter, std::string_view digits) const;
  Pointee read_pointee(std::string_view code);
  ffi_type* passed_structure(std::size_t index);
  bool add_elements(std::string_view code, std::vector<ffi_type*>& elements);

  std::vector<Structure> structures_;
  py::list classes_;
  std::vector<std::unique_ptr<Layout>> layouts_;
};

}  // namespace dijitso::python
