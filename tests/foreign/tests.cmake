# A client by others against the loopback exchange: it shares no line with either side of ours.
set(TAPE_SLICE ${CMAKE_CURRENT_LIST_DIR}/../data/btc-perp.tape.csv.gz)
find_program(NODE_PROGRAM NAMES node nodejs)
if(NODE_PROGRAM AND TARGET moongate-exchange)
  add_test(NAME foreign_client COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/run.mjs)
  set_tests_properties(foreign_client PROPERTIES TIMEOUT 400 ENVIRONMENT
    "MOONGATE_EXCHANGE=$<TARGET_FILE:moongate-exchange>;MOONGATE_TAPE=${TAPE_SLICE}")
endif()
