#pragma once
/* The part of venue_fault_list.h that the venue does of its own accord; its columns. */
#define VENUE_FAULT_ACTS(X)                                                                       \
    X(FAULT_CANCEL_ORDERS, "cancel-orders", AT_VENUE, TAKES_TEXT, "self trade prevention", "F48", \
      "the venue cancels every open order of the account, and says these words")                  \
    X(FAULT_EXPIRE_ORDERS, "expire-orders", AT_VENUE, TAKES_TEXT, "end time reached", "F48",      \
      "as cancel-orders; they are EXPIRED")                                                       \
    X(FAULT_FILL_ORDERS, "fill-orders", AT_VENUE, TAKES_PRODUCT, "", "F41 F42 F43",               \
      "the market trades through every resting order of the product, or of all: before a "        \
      "cancel is carried out, when it is said of batch_cancel")                                   \
    X(FAULT_ORDER, "order", AT_VENUE, TAKES_ORDER, NULL, "F44 F52",                               \
      "another client of the account places an order: BUY 2 BIP-20DEC30-CDE [PRICE]; "            \
      "without a price at market")                                                                \
    X(FAULT_LIQUIDATE, "liquidate", AT_VENUE, TAKES_PRODUCT, "", "F54 AC-A4",                     \
      "the venue closes the position at market, in all products or one")                          \
    X(FAULT_DELEVERAGE, "deleverage", AT_VENUE, TAKES_PRODUCT, "", "F54 AC-A4",                   \
      "the venue gives half of the position to others, in all products or one")                   \
    X(FAULT_BUST, "bust", AT_VENUE, TAKES_NOTHING, "", "F46",                                     \
      "the newest fill is taken back by a REVERSAL")                                              \
    X(FAULT_CORRECT, "correct", AT_VENUE, TAKES_SIGNED, "1", "F46",                               \
      "the newest fill is taken back and booked anew with its price moved by so many ticks")      \
    X(FAULT_TRANSFER, "transfer", AT_VENUE, TAKES_SIGNED, NULL, "F53",                            \
      "so much USD comes in, or with a minus goes out")                                           \
    X(FAULT_CANCEL_TIME, "cancel-time", AT_VENUE, TAKES_TIME, NULL, "F42",                        \
      "an order stays CANCEL_QUEUED that long, until the rule ends")                              \
    X(FAULT_ACCEPT_TIME, "accept-time", AT_VENUE, TAKES_TIME, NULL, "F40",                        \
      "an order stays PENDING that long, until the rule ends")                                    \
    X(FAULT_SESSION_CLOSED, "session-closed", AT_VENUE, TAKES_NOTHING, "", "F69",                 \
      "the session of the CDE products is closed until the rule ends")                            \
    X(FAULT_PRODUCT, "product", AT_VENUE, TAKES_LISTING, NULL, "F69",                             \
      "a product's record changes until the rule ends, and the venue acts by it: "                \
      "BIP-20DEC30-CDE cancel_only=true, price_increment=10")                                     \
    X(FAULT_CLOCK, "clock", AT_VENUE, TAKES_TIME, NULL, "F66 AC-I2",                              \
      "the venue's clock is wrong by that much, until the rule ends: time endpoint, Date, "       \
      "tokens")                                                                                   \
    X(FAULT_CERTIFICATE, "certificate", AT_VENUE, TAKES_TEXT, NULL, "F68",                        \
      "new connections see the certificate in that file, until the rule ends")
