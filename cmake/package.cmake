# Installation: libraries, headers, the CMake package `dijitso` and the pkg-config file. `cmake --install` takes all of it; the components are
# what packages are made of: libdijitso (run-only), compiler, mpi, mpi_mpich, dev, tools, python, python_mpich; and wheel, for pip alone.
include(CMakePackageConfigHelpers)

install(TARGETS dijitso_orc LIBRARY COMPONENT libdijitso)
install(TARGETS dijitso_compiler LIBRARY COMPONENT compiler)
# Archives of LLVM have debug information in part (Debian's libLLVMAnalysis.a), of a form at which valgrind gives up.
foreach(library_and_component orc:libdijitso compiler:compiler)
  string(REGEX MATCH "(.*):(.*)" pair ${library_and_component})
  install(CODE "execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-debug
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libdijitso-${CMAKE_MATCH_1}.so\" COMMAND_ERROR_IS_FATAL ANY)"
    COMPONENT ${CMAKE_MATCH_2})
endforeach()
install(TARGETS dijitso-cache dijitso-cc RUNTIME COMPONENT tools)
install(TARGETS dijitso-object-reader RUNTIME DESTINATION ${DIJITSO_LIBEXEC} COMPONENT tools)
install(PROGRAMS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/dijitso ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/dijitso-c++ TYPE BIN COMPONENT tools)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME dev)  # of what follows
install(FILES ${PROJECT_BINARY_DIR}/include/dijitso/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dijitso)
install(DIRECTORY include/dijitso DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN mpi.h EXCLUDE)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools FILES_MATCHING PATTERN "*.md" PATTERN json-schema.json)

install(TARGETS dijitso dijitso_headers EXPORT dijitso_targets LIBRARY COMPONENT libdijitso NAMELINK_COMPONENT dev)
install(EXPORT dijitso_targets NAMESPACE dijitso:: FILE dijitsoTargets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
configure_package_config_file(cmake/dijitsoConfig.cmake.in ${PROJECT_BINARY_DIR}/dijitsoConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dijitsoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dijitsoConfig.cmake ${PROJECT_BINARY_DIR}/dijitsoConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
# Relative to the file itself: `cmake --install --prefix` and moving the tree change the prefix.
file(RELATIVE_PATH DIJITSO_PC_TO_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" DIJITSO_PC_TO_PREFIX "${DIJITSO_PC_TO_PREFIX}")
configure_file(cmake/dijitso.pc.in ${PROJECT_BINARY_DIR}/dijitso.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/dijitso.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# dijitso::mpi and dijitso::mpi_mpich are components, each with a target file and a pkg-config file of its own: who uses neither needs no MPI.
function(dijitso_install_mpi name)
  install(TARGETS dijitso_${name} EXPORT dijitso_${name}_targets LIBRARY COMPONENT ${name} NAMELINK_COMPONENT dev)
  install(EXPORT dijitso_${name}_targets NAMESPACE dijitso:: FILE dijitso_${name}_targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dijitso)
  string(REPLACE _ - DIJITSO_PC_NAME dijitso_${name})
  configure_file(cmake/dijitso-mpi.pc.in ${PROJECT_BINARY_DIR}/${DIJITSO_PC_NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${DIJITSO_PC_NAME}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
if(DIJITSO_MPI)
  install(FILES include/dijitso/mpi.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dijitso)
  list(TRANSFORM MPI_C_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE DIJITSO_PC_MPI_CFLAGS)
  list(JOIN DIJITSO_PC_MPI_CFLAGS " " DIJITSO_PC_MPI_CFLAGS)
  list(JOIN MPI_C_LIBRARIES " " DIJITSO_PC_MPI_LIBS)
  set(DIJITSO_PC_REQUIRES dijitso)
  dijitso_install_mpi(mpi)
endif()
if(DIJITSO_MPICH)
  set(DIJITSO_PC_MPI_CFLAGS "")
  set(DIJITSO_PC_MPI_LIBS "")
  set(DIJITSO_PC_REQUIRES "dijitso, mpich")
  dijitso_install_mpi(mpi_mpich)
endif()

# The headers that generated code includes, as they are on this machine. A component of its own: packages contain nothing that is not ours.
if(DIJITSO_HEADER_PACK AND NOT DIJITSO_SANITIZE)
  install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/dijitso\")
    file(MAKE_DIRECTORY \"\${folder}\")
    message(STATUS \"Packing headers: \${folder}/headers.pack\")
    execute_process(COMMAND \"$<TARGET_FILE:dijitso-cache>\" pack-headers --default -o \"\${folder}/headers.pack\"
      OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)" COMPONENT header_pack)
endif()

# Packages: what each kind holds is in a file of its own.
set(CPACK_PACKAGE_NAME dijitso)
set(CPACK_PACKAGE_CONTACT "dijitso maintainers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(cmake/deb.cmake)
include(cmake/bundle.cmake)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/archive.cmake)
include(CPack)
