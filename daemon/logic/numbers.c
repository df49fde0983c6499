#include "logic/numbers.h"

#include <stdbool.h>
#include <string.h>

#define MAX_NUMERALS 12

/* Numerals of three bytes each; ones from 0 to 9, then 10, 100, 1000. */
static const struct {
    char text[4];
    int value;
} numerals[] = {
    { "零", 0 },   { "〇", 0 },   { "一", 1 },    { "二", 2 },  { "两", 2 },  { "三", 3 },
    { "四", 4 },   { "五", 5 },   { "六", 6 },    { "七", 7 },  { "八", 8 },  { "九", 9 },
    { "壹", 1 },   { "贰", 2 },   { "叁", 3 },    { "肆", 4 },  { "伍", 5 },  { "陆", 6 },
    { "柒", 7 },   { "捌", 8 },   { "玖", 9 },    { "十", 10 }, { "拾", 10 }, { "廿", 20 },
    { "百", 100 }, { "佰", 100 }, { "千", 1000 },
};

static int
numeral_at(const char *text, size_t n)
{
    if (n < 3)
        return -1;
    for (size_t i = 0; i < G_N_ELEMENTS(numerals); i++)
        if (memcmp(numerals[i].text, text, 3) == 0)
            return numerals[i].value;
    return -1;
}

static int64_t
by_position(const int *values, int n)
{
    int64_t number = 0;
    for (int i = 0; i < n; i++)
        number = number * 10 + values[i];
    return number;
}

static int64_t
by_units(const int *values, int n)
{
    int64_t number = 0, ones = 0;
    for (int i = 0; i < n; i++) {
        if (values[i] == 20) {
            number += 20;
        } else if (values[i] >= 10) {
            number += (ones > 0 ? ones : 1) * values[i];
            ones = 0;
        } else {
            ones = values[i];
        }
    }
    return number + ones;
}

size_t
apd_numbers_chinese(const char *text, size_t n, int64_t *ret_number, int *ret_digits)
{
    int values[MAX_NUMERALS], count = 0;
    bool units = false;
    size_t at = 0;

    while (count < MAX_NUMERALS) {
        int value = numeral_at(text + at, n - at);
        if (value < 0)
            break;
        units = units || value >= 10;
        values[count++] = value;
        at += 3;
    }
    if (count == 0)
        return 0;
    *ret_number = units ? by_units(values, count) : by_position(values, count);
    *ret_digits = units ? (*ret_number < 10 ? 1 : *ret_number < 100 ? 2 : 3) : count;
    return at;
}
