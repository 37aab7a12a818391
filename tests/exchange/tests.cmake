# The loopback exchange as a program, over TLS, looked at with Node alone.
set(TAPE_SLICE ${CMAKE_CURRENT_LIST_DIR}/../data/btc-perp.tape.csv.gz)
find_program(NODE_PROGRAM NAMES node nodejs)
if(NODE_PROGRAM AND TARGET moongate-exchange)
  foreach(part rest limits orders feed hostile faults)
    add_test(NAME exchange_${part} COMMAND ${NODE_PROGRAM} ${CMAKE_CURRENT_LIST_DIR}/${part}.mjs)
    set_tests_properties(exchange_${part} PROPERTIES TIMEOUT 300 ENVIRONMENT
      "MOONGATE_EXCHANGE=$<TARGET_FILE:moongate-exchange>;MOONGATE_TAPE=${TAPE_SLICE}")
  endforeach()
endif()
