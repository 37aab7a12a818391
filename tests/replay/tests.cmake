# Alters recordings for tests/e2e/scenario_replay.lua.
if(TARGET moongate-lab)
  add_executable(mutate ${CMAKE_CURRENT_LIST_DIR}/mutate.c
    ${PROJECT_SOURCE_DIR}/core/io/recording_reader.c)
  target_link_libraries(mutate PRIVATE moongate_script moongate_engine)
endif()
