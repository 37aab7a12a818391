#include "lab/sweep_stats.h"

#include <math.h>

static const double EULER = 0.57721566490153286061;

void sweep_sums_add(struct sweep_sums *sums, double value)
{
    double square = value * value;

    sums->count += 1;
    sums->first += value;
    sums->second += square;
    sums->third += square * value;
    sums->fourth += square * square;
}

void sweep_sums_join(struct sweep_sums *sums, const struct sweep_sums *more)
{
    sums->count += more->count;
    sums->first += more->first;
    sums->second += more->second;
    sums->third += more->third;
    sums->fourth += more->fourth;
}

bool sweep_moments_of(const struct sweep_sums *sums, struct sweep_moments *ret)
{
    double n = sums->count, mean, second, third, fourth;

    if (n < 3)
        return false;
    mean = sums->first / n;
    second = sums->second / n - mean * mean;
    if (second <= 1e-14 * (sums->second / n) || second <= 0)
        return false;
    third = sums->third / n - 3 * mean * sums->second / n + 2 * mean * mean * mean;
    fourth = sums->fourth / n - 4 * mean * sums->third / n + 6 * mean * mean * sums->second / n -
             3 * mean * mean * mean * mean;
    ret->count = n;
    ret->sharpe = mean / sqrt(second * n / (n - 1));
    ret->skew = third / pow(second, 1.5);
    ret->kurtosis = fourth / (second * second);
    return true;
}

double sweep_normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

/* Newton's steps on what erfc gives, from a start that is near enough to converge everywhere. */
double sweep_normal_inverse(double probability)
{
    bool upper = probability > 0.5;
    double tail = upper ? 1 - probability : probability, t = sqrt(-2 * log(tail));
    double x = -(t - (2.515517 + 0.802853 * t + 0.010328 * t * t) /
                         (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t));

    for (int i = 0; i < 4; i++) {
        double density = exp(-x * x / 2) / sqrt(2 * M_PI);
        double step = (sweep_normal(x) - tail) / density;
        x -= step / (1 + x * step / 2); /* Halley's correction */
    }
    return upper ? -x : x;
}

double sweep_expected_best(double variance, double trials)
{
    if (trials < 2 || variance <= 0)
        return 0;
    return sqrt(variance) * ((1 - EULER) * sweep_normal_inverse(1 - 1 / trials) +
                             EULER * sweep_normal_inverse(1 - exp(-1) / trials));
}

double sweep_deflated(const struct sweep_moments *moments, double expected_best)
{
    double sharpe = moments->sharpe;
    double spread = 1 - moments->skew * sharpe +
                    (moments->kurtosis - 1) / 4 * sharpe * sharpe;

    if (spread <= 0)
        spread = 1e-12;
    return sweep_normal((sharpe - expected_best) * sqrt(moments->count - 1) / sqrt(spread));
}
