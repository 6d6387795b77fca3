# The component `bundle`: what the libraries need beyond the C library, copied beside them. With it an installed tree runs on nodes that have
# nothing but a C library (and an MPI, for dijitso::mpi). Made by scripts/bundle, and by `cpack -G TGZ` or `cpack -G TZST`.
install(CODE "set(libdir ${CMAKE_INSTALL_LIBDIR})\nset(architecture ${CMAKE_SYSTEM_PROCESSOR})" COMPONENT bundle EXCLUDE_FROM_ALL)
install(CODE [[
  set(libdir "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${libdir}")
  file(GLOB libraries "${libdir}/libdijitso*.so")
  list(FILTER libraries EXCLUDE REGEX "dijitso-mpi")  # the MPI is the machine's
  # LLVM's OpenMP library, if this machine has one, is opened by its name: orc/library_search.h.
  find_file(openmp_library libomp.so.5 PATHS "/usr/lib/${architecture}-linux-gnu" /usr/lib64 /usr/lib NO_DEFAULT_PATH NO_CACHE)
  if(openmp_library)
    file(REAL_PATH "${openmp_library}" openmp_library)
    file(COPY_FILE "${openmp_library}" "${libdir}/libomp.so.5")
    list(APPEND libraries "${libdir}/libomp.so.5")
  endif()
  file(GET_RUNTIME_DEPENDENCIES LIBRARIES ${libraries} RESOLVED_DEPENDENCIES_VAR needed
    PRE_EXCLUDE_REGEXES "^libdijitso" "^ld-linux" "^lib(c|m|dl|rt|pthread)\\.so")
  foreach(library IN LISTS needed)
    file(COPY "${library}" DESTINATION "${libdir}" FOLLOW_SYMLINK_CHAIN)
  endforeach()
]] COMPONENT bundle EXCLUDE_FROM_ALL)
