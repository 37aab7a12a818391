# `moongate selftest` on the configs that are shipped, and on copies with a dead limit.
find_program(LUA_PROGRAM NAMES lua5.4 REQUIRED)
if(TARGET moongate)
  # AC-F5 | real process | each limit of each shipped config, just inside and just outside | tripped
  #   by its own control; the config is signed off by its hash
  # AC-F5 | real process | a limit that another one always forestalls | named as dead, no signature,
  #   exit code 1
  add_test(NAME selftest COMMAND ${LUA_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/selftest.lua
    $<TARGET_FILE:moongate> ${PROJECT_SOURCE_DIR})
endif()
