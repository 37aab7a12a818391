# Style and layering, tested with the rest. What reads symbols wants a build without sanitizers:
# scripts/test runs the tests labelled `plain` in one.
find_program(LUA_PROGRAM NAMES lua5.4 REQUIRED)
set(TIDY_DIR ${CMAKE_CURRENT_LIST_DIR})

# AC-H1 | unit | every line of base, model, engine, wire and sim | no float, no double, none of the
#   functions that make one: from the feed's bytes to the order's bytes numbers are fixed point
add_test(NAME tidy COMMAND ${LUA_PROGRAM} ${TIDY_DIR}/tidy.lua ${PROJECT_SOURCE_DIR})
add_test(NAME tidy_self COMMAND ${LUA_PROGRAM} ${TIDY_DIR}/self_test.lua)
add_test(NAME api_table COMMAND ${LUA_PROGRAM} ${PROJECT_SOURCE_DIR}/scripts/api-table --check)
add_test(NAME error_table COMMAND ${LUA_PROGRAM} ${PROJECT_SOURCE_DIR}/scripts/error-table --check)
add_test(NAME gate_table COMMAND ${LUA_PROGRAM} ${PROJECT_SOURCE_DIR}/scripts/gate-table --check)
add_test(NAME fault_table COMMAND ${LUA_PROGRAM} ${PROJECT_SOURCE_DIR}/scripts/fault-table --check)

if(TARGET moongate-watch AND NOT MOONGATE_FUZZ)
  # AC-E4 | unit | the watcher's symbols and strings | no encoder of an order, no gate, no engine,
  #   no path that takes orders
  add_test(NAME no_place COMMAND ${LUA_PROGRAM} ${TIDY_DIR}/no_place.lua
    $<TARGET_FILE:moongate-watch> $<TARGET_FILE:moongate>)
  set_tests_properties(no_place PROPERTIES LABELS plain)
endif()

if(NOT MOONGATE_SANITIZE AND NOT MOONGATE_FUZZ)
  add_test(NAME purity COMMAND ${LUA_PROGRAM} ${TIDY_DIR}/purity.lua
    $<TARGET_FILE:moongate_engine> $<TARGET_FILE:moongate_model> $<TARGET_FILE:moongate_base>)
  set(keyed_programs "")
  foreach(program moongate moongate-watch)
    if(TARGET ${program})
      list(APPEND keyed_programs $<TARGET_FILE:${program}>)
    else()
      list(APPEND keyed_programs ${PROJECT_BINARY_DIR}/core/${program})
    endif()
  endforeach()
  add_test(NAME no_lua COMMAND ${LUA_PROGRAM} ${TIDY_DIR}/no_lua.lua
    ${PROJECT_SOURCE_DIR}/core/app/main.c ${keyed_programs})
  set_tests_properties(no_lua PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(purity no_lua PROPERTIES LABELS plain)
endif()
