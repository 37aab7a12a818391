# Whole backtests by the program itself.
if(TARGET moongate-lab)
  # AC-K2 | simulation | the same feed with other fees, another latency | each difference has its
  #     order and cause: queue, latency, price, fees, decision; they add up
  add_test(NAME backtest
    COMMAND lua5.4 ${CMAKE_CURRENT_LIST_DIR}/backtest.lua ${MOONGATE_BIN}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(backtest PROPERTIES TIMEOUT 300)
endif()
