# The systemd units, and what an installation holds.
if(NOT MOONGATE_FUZZ AND TARGET moongate AND TARGET moongate-exchange)
  add_test(NAME service_units COMMAND ${LUA_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/units.lua
    ${PROJECT_SOURCE_DIR})
  add_test(NAME service_install COMMAND ${LUA_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/install.lua
    ${PROJECT_BINARY_DIR})
  set_tests_properties(service_install PROPERTIES LABELS plain)
  if(NOT MOONGATE_SANITIZE) # a sanitiser asks the kernel for more
    add_test(NAME service_calls COMMAND ${LUA_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/calls.lua
      $<TARGET_FILE:moongate> $<TARGET_FILE:moongate-exchange> $<TARGET_FILE:moongate-runner>
      ${PROJECT_SOURCE_DIR})
    set_tests_properties(service_calls PROPERTIES LABELS plain TIMEOUT 240
      ENVIRONMENT "LUA_PATH=${PROJECT_SOURCE_DIR}/tests/e2e/?.lua\;\;")
  endif()
endif()
