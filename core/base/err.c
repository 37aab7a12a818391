#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int err_set(struct err *err, const char *format, ...)
{
    if (!err)
        return -1;
    /* Through a copy: an argument may be the text itself. */
    struct err told;
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(told.text, sizeof told.text, format, arguments) < 0)
        told.text[0] = '\0';
    va_end(arguments);
    *err = told;
    return -1;
}

int err_wrap(struct err *err, const char *format, ...)
{
    if (!err)
        return -1;
    struct err told;
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(told.text, sizeof told.text, format, arguments) < 0)
        told.text[0] = '\0';
    va_end(arguments);
    /* What does not fit is cut at the inner end. */
    size_t used = strlen(told.text);
    text_copy(told.text + used, sizeof told.text - used, ": ", 2);
    used = strlen(told.text);
    text_copy(told.text + used, sizeof told.text - used, err->text, strlen(err->text));
    *err = told;
    return -1;
}
