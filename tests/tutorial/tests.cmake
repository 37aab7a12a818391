# The tutorial is typed, word for word, against what `cmake --install` puts down. Modules with ASan
# inside do not load into the system's Lua, so the plain tree does it.
if(NOT MOONGATE_SANITIZE AND LUA_PROGRAM)
  add_test(NAME tutorial COMMAND ${LUA_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/tutorial.lua
    ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
  set_tests_properties(tutorial PROPERTIES LABELS plain TIMEOUT 120)
endif()
