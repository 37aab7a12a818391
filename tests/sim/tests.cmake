# The fault simulation: the real engine, turn and hold in a world made of seeds. See sim.h.
file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.c)
add_library(moongate_sim_driver OBJECT ${sim_sources} ${PROJECT_SOURCE_DIR}/core/io/hold.c)
target_include_directories(moongate_sim_driver PRIVATE ${CMAKE_CURRENT_LIST_DIR}
  ${PROJECT_SOURCE_DIR}/core)
set(sim_driver_sources ${sim_sources})
list(FILTER sim_driver_sources INCLUDE REGEX "/(sim|host|scripts|checks|promises|agree|body)\\.c$")
file(GLOB sim_scenario_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/scenarios/*.c)
add_executable(test_sim_scenarios ${sim_scenario_sources} ${sim_driver_sources}
  ${PROJECT_SOURCE_DIR}/core/io/hold.c)
target_include_directories(test_sim_scenarios PRIVATE ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(test_sim_scenarios PRIVATE moongate_engine moongate_wire moongate_sim
  PkgConfig::CMOCKA)
add_test(NAME sim_scenarios COMMAND test_sim_scenarios)
add_executable(moongate-sim $<TARGET_OBJECTS:moongate_sim_driver>)
target_link_libraries(moongate-sim PRIVATE moongate_engine moongate_wire moongate_sim)
set_target_properties(moongate-sim PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${MOONGATE_BIN})

# A few hundred seeds in the optimised build, a few in the sanitised one; mutants by the first that
# finds them. More is a campaign: moongate-sim --campaign.
if(MOONGATE_SANITIZE)
  add_test(NAME sim_seeds COMMAND moongate-sim --seeds 1..20 --quiet)
elseif(NOT MOONGATE_FUZZ)
  find_program(LUA_PROGRAM NAMES lua5.4 REQUIRED)
  add_test(NAME sim_seeds COMMAND moongate-sim --seeds 1..300 --jobs 2 --quiet)
  add_test(NAME sim_mutants COMMAND ${LUA_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/mutants.lua
    ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/mutants ${CMAKE_C_COMPILER} 1..100 --
    $<TARGET_OBJECTS:moongate_sim_driver> $<TARGET_FILE:moongate_engine>
    $<TARGET_FILE:moongate_wire> $<TARGET_FILE:moongate_sim> $<TARGET_FILE:moongate_model>
    $<TARGET_FILE:moongate_base> -lsodium ${MBEDCRYPTO_LIBRARY} -lz COMMAND_EXPAND_LISTS)
  set_tests_properties(sim_seeds sim_mutants PROPERTIES LABELS plain)
endif()
