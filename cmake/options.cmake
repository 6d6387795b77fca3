# Compiler options of our own targets, and the launcher and output folders of the build.

find_program(DIJITSO_CCACHE ccache)
if(DIJITSO_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DIJITSO_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${DIJITSO_CCACHE})
endif()

# The libraries that are opened at run time are looked for beside libdijitso.so, in the build tree as when installed.
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# Programs that only dijitso runs, and how they and the libraries find each other in an installed tree.
set(DIJITSO_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/dijitso)
file(RELATIVE_PATH DIJITSO_LIBEXEC_TO_LIB ${CMAKE_INSTALL_FULL_LIBEXECDIR}/dijitso ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH DIJITSO_LIB_TO_LIBEXEC ${CMAKE_INSTALL_FULL_LIBDIR} ${CMAKE_INSTALL_FULL_LIBEXECDIR}/dijitso)
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

# -Wrestrict: false alarms of GCC 12 on assignments of literals to std::string (GCC bug 105329).
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(DIJITSO_WERROR)
  add_compile_options(-Werror)
endif()
set(DIJITSO_TEST_TIMEOUT 300)
if(DIJITSO_SANITIZE)
  set(DIJITSO_TEST_TIMEOUT 1500)  # on a busy machine one takes eight minutes
  add_compile_options(-fsanitize=${DIJITSO_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DIJITSO_SANITIZE})
endif()
add_link_options(-Wl,--as-needed)

# A folder of the LLVM-free half: a static library that libdijitso, dijitso-cache and the unit tests share.
function(dijitso_core_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(${name} PUBLIC dijitso_headers ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
endfunction()

# The symbols that a shared library exports, from a version script in its folder.
function(dijitso_exports target script)
  set(path ${CMAKE_CURRENT_SOURCE_DIR}/${script})
  target_link_options(${target} PRIVATE -Wl,--version-script=${path})
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${path})
endfunction()
