# What `moongate decode` makes of every frame and reply that the venue's documents print, and of
# broken ones, compared to the byte.
if(TARGET moongate)
  foreach(case examples broken)
    add_test(NAME golden_coinbase_${case}
      COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:moongate> -DCASE=${case}
        -DFOLDER=${CMAKE_CURRENT_LIST_DIR}/coinbase
        -DOUT=${CMAKE_CURRENT_BINARY_DIR}/golden_${case}.out
        -P ${CMAKE_CURRENT_LIST_DIR}/compare.cmake)
  endforeach()
endif()

# The figures of risk are what floating point makes of them, still.
find_program(LUA_PROGRAM NAMES lua5.4 REQUIRED)
add_test(NAME golden_risk
  COMMAND sh -c "$1 $2/golden/risk/reference.lua $2/data/btc-perp.bars-1m.csv |
                 diff -u $2/golden/risk/figures.txt -"
          sh ${LUA_PROGRAM} ${CMAKE_CURRENT_SOURCE_DIR})
