/* The deflated Sharpe ratio against its authors' own example, and its parts against slower ways to
 * the same numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/prng.h"
#include "lab/sweep_stats.h"

static void near(double got, double wanted, double within)
{
    if (!(fabs(got - wanted) <= within))
        fail_msg("%.12g instead of %.12g", got, wanted);
}

/* Bailey and Lopez de Prado 2014, "A numerical example": a strategy with an annual ratio of 2.5
 * over five years of days, skew -3, kurtosis 10, the best of trials whose annual ratios vary by
 * one half. */
static void test_authors_example(void **state)
{
    struct sweep_moments moments = {1250, 2.5 / sqrt(250), -3, 10};
    double variance = 0.5 / 250;

    (void)state;
    near(sweep_expected_best(variance, 100), 0.1132, 0.00005);
    near(sweep_deflated(&moments, sweep_expected_best(variance, 100)), 0.9004, 0.00005);
    near(sweep_deflated(&moments, sweep_expected_best(variance, 46)), 0.9505, 0.0002);
    /* Had the returns been normal, 88 trials would have left as much. */
    moments.skew = 0;
    moments.kurtosis = 3;
    near(sweep_deflated(&moments, sweep_expected_best(variance, 88)), 0.9505, 0.0005);
}

/* Simpson's rule over the density from -12. */
static double integrate(double x)
{
    const int steps = 4000;
    double width = (x + 12) / steps, sum = 0;

    for (int i = 0; i <= steps; i++) {
        double at = -12 + i * width;
        sum += (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * exp(-at * at / 2);
    }
    return sum * width / 3 / sqrt(2 * M_PI);
}

static void test_normal_distribution_and_its_inverse(void **state)
{
    (void)state;
    for (double x = -6; x <= 6; x += 0.37) {
        near(sweep_normal(x), integrate(x), 1e-10);
        near(sweep_normal_inverse(sweep_normal(x)), x, fabs(x) > 5 ? 1e-6 : 1e-9);
    }
    near(sweep_normal_inverse(1e-9), -5.997807015, 1e-6);
    near(sweep_normal_inverse(0.5), 0, 1e-12);
}

/* The largest of many draws of nothing but luck, drawn. */
static void test_expected_best_is_what_luck_brings(void **state)
{
    enum { TRIALS = 50, ROUNDS = 20000 };
    struct prng prng;
    double sum = 0;

    (void)state;
    prng_seed(&prng, 7);
    for (int round = 0; round < ROUNDS; round++) {
        double best = -1e9;
        for (int i = 0; i < TRIALS; i++) {
            double unit = ((double)(prng_next(&prng) >> 11) + 0.5) / 9007199254740992.0;
            double drawn = sweep_normal_inverse(unit);
            best = drawn > best ? drawn : best;
        }
        sum += best;
    }
    near(sweep_expected_best(1, TRIALS), sum / ROUNDS, 0.03);
    near(sweep_expected_best(4, TRIALS), 2 * sweep_expected_best(1, TRIALS), 1e-12);
    near(sweep_expected_best(1, 1), 0, 0);
}

static void test_moments_of_joined_sums(void **state)
{
    enum { COUNT = 1000 };
    double values[COUNT], mean = 0, powers[3] = {0};
    struct sweep_sums first = {0}, second = {0};
    struct sweep_moments moments;
    struct prng prng;

    (void)state;
    prng_seed(&prng, 3);
    for (int i = 0; i < COUNT; i++) {
        double unit = (double)prng_below(&prng, 1000000) / 1000000;
        values[i] = unit * unit * 0.01 - 0.002;
        sweep_sums_add(i < 300 ? &first : &second, values[i]);
        mean += values[i] / COUNT;
    }
    sweep_sums_join(&first, &second);
    assert_true(sweep_moments_of(&first, &moments));
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < 3; k++)
            powers[k] += pow(values[i] - mean, k + 2) / COUNT;
    near(moments.count, COUNT, 0);
    near(moments.sharpe, mean / sqrt(powers[0] * COUNT / (COUNT - 1)), 1e-9);
    near(moments.skew, powers[1] / pow(powers[0], 1.5), 1e-8);
    near(moments.kurtosis, powers[2] / (powers[0] * powers[0]), 1e-8);
}

static void test_what_does_not_vary_has_no_ratio(void **state)
{
    struct sweep_sums sums = {0};
    struct sweep_moments moments;

    (void)state;
    sweep_sums_add(&sums, 0.1);
    sweep_sums_add(&sums, 0.2);
    assert_false(sweep_moments_of(&sums, &moments));
    sums = (struct sweep_sums){0};
    for (int i = 0; i < 50; i++)
        sweep_sums_add(&sums, 0.1);
    assert_false(sweep_moments_of(&sums, &moments));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authors_example),
        cmocka_unit_test(test_normal_distribution_and_its_inverse),
        cmocka_unit_test(test_expected_best_is_what_luck_brings),
        cmocka_unit_test(test_moments_of_joined_sums),
        cmocka_unit_test(test_what_does_not_vary_has_no_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
