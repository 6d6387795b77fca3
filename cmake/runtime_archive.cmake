# What compiled code may call and only a static library of the compiler has: libgcc.a (or libclang_rt.builtins.a). A linker
# puts it into each program; libdijitso-orc has all of it for the code that it links, and libdijitso-compiler takes the archive
# along for its linker.
#   DIJITSO_RUNTIME_ARCHIVE   the compiler's archive
#   runtime_helpers.inc       in the build folder: HELPER(function) and DATA(variable, bytes) for what code may refer to
#   runtime_helpers.a         beside it: the archive without what is left out
# The tests compare with the archive (unittests/orc/runtime_symbols_test.cpp).

# Left out are decimal numbers, split stacks and register saves of other calling conventions, for which Clang has no code, and
# what only GCC's own start files refer to.
set(left_out "bid|dpd|_dfp_|isinfd|morestack|splitstack|stack_split|generic_(find|release)stack|wrap_pthread|_(avx|sse)_(sav|res)ms|_[CD]TOR_LIST__|eprintf|gcc_bcmp")

separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS}")
execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${flags} -print-libgcc-file-name
  OUTPUT_VARIABLE DIJITSO_RUNTIME_ARCHIVE OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_NM} -A -S --defined-only ${DIJITSO_RUNTIME_ARCHIVE}
  OUTPUT_VARIABLE symbols ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" symbols "${symbols}")
set(helpers)
set(members)
foreach(symbol IN LISTS symbols)
  # archive:member:address size type name
  if(NOT symbol MATCHES ":([^:]+):[0-9a-f]+ ([0-9a-f]+ )?([TWVBDR]) ([A-Za-z0-9_]+)$")
    continue()
  endif()
  set(member ${CMAKE_MATCH_1})
  set(size "${CMAKE_MATCH_2}")
  set(type ${CMAKE_MATCH_3})
  set(name ${CMAKE_MATCH_4})
  if(name MATCHES "${left_out}")
    list(APPEND members ${member})
  elseif(type MATCHES "[TW]")
    list(APPEND helpers "HELPER(${name})")
  elseif(name MATCHES "^__(cpu_model|cpu_features2|aarch64_cpu_features)$")
    string(STRIP "${size}" size)
    math(EXPR size "0x${size}")
    list(APPEND helpers "DATA(${name}, ${size})")
  endif()
endforeach()
list(REMOVE_DUPLICATES helpers)
list(REMOVE_DUPLICATES members)
list(JOIN helpers "\n" text)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/runtime_helpers.inc CONTENT "@text@\n" @ONLY)

# Only when it changes: what embeds it is not built again after each configuration.
set(archive ${CMAKE_BINARY_DIR}/runtime_helpers.a)
file(COPY_FILE ${DIJITSO_RUNTIME_ARCHIVE} ${archive}.new)
if(members)
  execute_process(COMMAND ${CMAKE_AR} d ${archive}.new ${members} COMMAND_ERROR_IS_FATAL ANY)
endif()
execute_process(COMMAND ${CMAKE_OBJCOPY} --strip-debug ${archive}.new COMMAND_ERROR_IS_FATAL ANY)
file(COPY_FILE ${archive}.new ${archive} ONLY_IF_DIFFERENT)
file(REMOVE ${archive}.new)
