// Byte buffers that are passed without copying, and the reader and writer of all binary formats of dijitso: numbers,
// digests and records as a little-endian machine has them in memory, one after the other. Tested in
// unittests/support/bytes_test.cpp.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dijitso {

static_assert(std::endian::native == std::endian::little, "files and messages are little-endian, read in place");

using Bytes = std::vector<std::uint8_t>;
using SharedBytes = std::shared_ptr<const Bytes>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// What can be stored as it lies in memory.
template <class T>
concept Storable = std::is_trivially_copyable_v<T>;

template <Storable T>
ByteView bytes_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

template <Storable T>
ByteView bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)};
}

inline void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

template <Storable T>
void append_value(Bytes& out, const T& value) {
  append(out, bytes_of(value));
}

// With its size in front of it, as a number of this type.
template <class Size>
void append_text(Bytes& out, std::string_view text) {
  append_value(out, static_cast<Size>(text.size()));
  append(out, as_bytes(text));
}

// There are fewer bytes than were to be read. All that follows throws it.
struct BytesEnd : std::runtime_error {
  BytesEnd() : std::runtime_error("the bytes end too early") {}
};

inline ByteView part_of(ByteView bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) throw BytesEnd();
  return bytes.subspan(offset, size);
}

template <Storable T>
T value_at(ByteView bytes, std::uint64_t offset) {
  T value;
  std::memcpy(&value, part_of(bytes, offset, sizeof value).data(), sizeof value);
  return value;
}

template <Storable T>
std::vector<T> values_at(ByteView bytes, std::uint64_t offset, std::uint64_t count) {
  if (count > bytes.size() / sizeof(T)) throw BytesEnd();
  const ByteView part = part_of(bytes, offset, count * sizeof(T));
  std::vector<T> values(count);
  if (count > 0) std::memcpy(values.data(), part.data(), part.size());
  return values;
}

// Takes one thing after the other from the front.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  ByteView take(std::uint64_t size) {
    const ByteView taken = part_of(rest_, 0, size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <Storable T>
  T value() {
    return value_at<T>(take(sizeof(T)), 0);
  }
  // As append_text wrote it.
  template <class Size>
  std::string_view text() {
    return as_text(take(value<Size>()));
  }
  ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
};

}  // namespace dijitso
