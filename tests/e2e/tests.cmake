# The real programs over TLS on loopback, as an operator drives them; see rig.lua. In the plain and
# in the sanitised build; each scenario has a folder, an exchange and a host of its own.
find_program(LUA_PROGRAM NAMES lua5.4 REQUIRED)
if(NOT MOONGATE_FUZZ AND TARGET moongate AND TARGET moongate-exchange)
  file(GLOB e2e_scenarios CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/scenario_*.lua)
  foreach(scenario ${e2e_scenarios})
    get_filename_component(name ${scenario} NAME_WE)
    string(REPLACE scenario_ e2e_ name ${name})
    add_test(NAME ${name} COMMAND ${LUA_PROGRAM} ${scenario} $<TARGET_FILE:moongate>
      $<TARGET_FILE:moongate-exchange> $<TARGET_FILE:moongate-runner> ${PROJECT_SOURCE_DIR}
      $<TARGET_FILE_DIR:mutate>)
    set_tests_properties(${name} PROPERTIES LABELS plain TIMEOUT 240
      ENVIRONMENT "LUA_PATH=${CMAKE_CURRENT_LIST_DIR}/?.lua\;\;")
  endforeach()
endif()
