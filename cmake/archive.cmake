# Read by cpack for each generator: an archive (`cpack -G TGZ`, `cpack -G TZST`) is the relocatable tree, with the component `bundle` in it.
if(CPACK_GENERATOR MATCHES "^(TGZ|TXZ|TZST|ZIP)$")
  list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 tree)
  set(CPACK_INSTALL_CMAKE_PROJECTS "${tree};dijitso;ALL;/;${tree};dijitso;bundle;/")
  set(CPACK_PACKAGING_INSTALL_PREFIX "/")
  set(CPACK_PACKAGE_FILE_NAME "${CPACK_PACKAGE_NAME}-${CPACK_PACKAGE_VERSION}")
endif()
