#pragma once
/* The figures of a row, one by one, for everything that prints them: reports, JSON, pages.
 *
 *     const struct metrics_figure *figure;
 *     for (uint32_t i = 0; (figure = metrics_figure(i)) != NULL; i++)
 *         if (metrics_figure_text(&row, i, text))  print(figure->key, text, figure->meaning);
 *
 * Text is exact and canonical: money and sizes as decimals, ratios as parts of one. */
#include "engine/metrics.h"

struct metrics_figure {
    const char *key, *meaning;
    enum { FIGURE_MONEY, FIGURE_RATIO, FIGURE_SIZE, FIGURE_COUNT } kind;
};

const struct metrics_figure *metrics_figure(uint32_t index); /* NULL past the last */
/* False: it is not known. */
bool metrics_figure_text(const struct metrics_row *row, uint32_t index,
                         char out[DECIMAL_TEXT_MAX]);
