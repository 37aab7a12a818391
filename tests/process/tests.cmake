# The shipped programs, hurt as an operating system hurts them: killed at chosen calls, on failing
# disks, with clocks that jump. See shim.c and hurt.lua; the rig is the one of tests/e2e.
find_program(LUA_PROGRAM NAMES lua5.4 REQUIRED)
if(NOT MOONGATE_FUZZ AND TARGET moongate AND TARGET moongate-exchange)
  # Never sanitised itself: it is loaded into programs that are, and into programs that are not.
  add_library(fault_shim MODULE ${CMAKE_CURRENT_LIST_DIR}/shim.c)
  target_compile_options(fault_shim PRIVATE -fno-sanitize=all)
  target_link_options(fault_shim PRIVATE -fno-sanitize=all)
  target_link_libraries(fault_shim PRIVATE ${CMAKE_DL_LIBS})
  file(GLOB process_scenarios CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/scenario_*.lua)
  foreach(scenario ${process_scenarios})
    get_filename_component(name ${scenario} NAME_WE)
    string(REPLACE scenario_ process_ name ${name})
    add_test(NAME ${name} COMMAND ${LUA_PROGRAM} ${scenario} $<TARGET_FILE:moongate>
      $<TARGET_FILE:moongate-exchange> $<TARGET_FILE:moongate-runner> ${PROJECT_SOURCE_DIR}
      $<TARGET_FILE:fault_shim>)
    set_tests_properties(${name} PROPERTIES LABELS plain TIMEOUT 300 SKIP_RETURN_CODE 77 ENVIRONMENT
      "LUA_PATH=${CMAKE_CURRENT_LIST_DIR}/?.lua\;${CMAKE_CURRENT_LIST_DIR}/../e2e/?.lua\;\;")
  endforeach()
endif()
