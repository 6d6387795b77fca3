// libffi lays out a structure by itself, from the types of its fields; the compiler has recorded only structures with
// which this agrees. An array in a structure is as many fields. Tested in tests/python/compile_test.py.
#include "call_types.h"

#include <charconv>
#include <optional>

namespace dijitso::python {
namespace {

constexpr std::size_t most_elements = 256;  // of a structure that is passed by value

std::optional<std::size_t> number(std::string_view digits) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

ffi_type* integer_type(bool is_signed, std::size_t size) {
  switch (size) {
    case 1:
      return is_signed ? &ffi_type_sint8 : &ffi_type_uint8;
    case 2:
      return is_signed ? &ffi_type_sint16 : &ffi_type_uint16;
    case 4:
      return is_signed ? &ffi_type_sint32 : &ffi_type_uint32;
    case 8:
      return is_signed ? &ffi_type_sint64 : &ffi_type_uint64;
  }
  return nullptr;
}

ffi_type* floating_type(std::size_t size) {
  if (size == sizeof(float)) return &ffi_type_float;
  if (size == sizeof(double)) return &ffi_type_double;
  return size == sizeof(long double) ? &ffi_type_longdouble : nullptr;
}

ffi_type* complex_type(std::size_t size) {
  if (size == 2 * sizeof(float)) return &ffi_type_complex_float;
  return size == 2 * sizeof(double) ? &ffi_type_complex_double : nullptr;
}

CallType usable(Kind kind, std::size_t size, ffi_type* passed) {
  return passed ? CallType{.kind = kind, .size = size, .passed = passed} : CallType{};
}

}  // namespace

CallTypes::CallTypes(const std::vector<Structure>& structures, py::list classes)
    : structures_(structures), classes_(std::move(classes)), layouts_(structures_.size()) {}

CallType CallTypes::read_sized(char letter, std::string_view digits) const {
  const std::size_t size = number(digits).value_or(0);
  switch (letter) {
    case 'i':
      return usable(Kind::integer, size, integer_type(true, size));
    case 'u':
      return usable(Kind::natural, size, integer_type(false, size));
    case 'f':
      return usable(Kind::floating, size, floating_type(size));
    case 'z':
      return usable(Kind::complex, size, complex_type(size));
  }
  return {};
}

Pointee CallTypes::read_pointee(std::string_view code) {
  Pointee pointee;
  pointee.is_const = code.starts_with('k');
  if (pointee.is_const) code.remove_prefix(1);
  while (code.starts_with('a') && code.find(',') != code.npos) code.remove_prefix(code.find(',') + 1);
  if (code == "x") {
    pointee.kind = Kind::function;
  } else if (code.starts_with('s')) {  // any structure, also one that cannot be passed by value
    const std::size_t index = number(code.substr(1)).value_or(structures_.size());
    if (index < structures_.size()) pointee.kind = Kind::structure, pointee.size = structures_[index].size;
  } else {
    const CallType type = read(code);
    pointee.kind = type.kind;
    pointee.size = type.size;
    pointee.is_character = code == "c";
  }
  return pointee;
}

CallType CallTypes::read(std::string_view code) {
  if (code == "v") return {.kind = Kind::nothing};
  if (code == "b") return usable(Kind::boolean, 1, &ffi_type_uint8);
  if (code == "c")
    return usable(std::is_signed_v<char> ? Kind::integer : Kind::natural, 1, integer_type(std::is_signed_v<char>, 1));
  if (code.starts_with('p') || code.starts_with('r')) {
    CallType type = usable(Kind::pointer, sizeof(void*), &ffi_type_pointer);
    type.pointee = read_pointee(code.substr(1));
    type.pointee.is_reference = code.starts_with('r');
    return type;
  }
  if (code.starts_with('s')) {
    const std::size_t index = number(code.substr(1)).value_or(structures_.size());
    if (index >= structures_.size()) return {};
    CallType type = usable(Kind::structure, structures_[index].size, passed_structure(index));
    type.python_class = classes_[index];
    return type;
  }
  return code.empty() ? CallType() : read_sized(code.front(), code.substr(1));
}

bool CallTypes::add_elements(std::string_view code, std::vector<ffi_type*>& elements) {
  std::size_t count = 1;
  while (code.starts_with('a')) {
    const std::size_t comma = code.find(',');
    count *= comma == code.npos ? 0 : number(code.substr(1, comma - 1)).value_or(0);
    if (count == 0 || count > most_elements) return false;
    code.remove_prefix(comma + 1);
  }
  const CallType type = read(code);
  if (type.kind == Kind::other || type.kind == Kind::nothing || elements.size() + count > most_elements) return false;
  elements.insert(elements.end(), count, type.passed);
  return true;
}

// nullptr when it is too large, or has a field that cannot be passed.
ffi_type* CallTypes::passed_structure(std::size_t index) {
  if (layouts_[index]) return &layouts_[index]->type;
  auto layout = std::make_unique<Layout>();
  for (const Structure::Field& field : structures_[index].fields)
    if (!add_elements(field.type, layout->elements)) return nullptr;
  if (layout->elements.empty()) return nullptr;
  layout->elements.push_back(nullptr);
  layout->type.type = FFI_TYPE_STRUCT;
  layout->type.elements = layout->elements.data();
  layouts_[index] = std::move(layout);
  return &layouts_[index]->type;
}

}  // namespace dijitso::python
