#pragma once
/* How much of a Sharpe ratio is left once it is said how many were tried.
 *
 * D. H. Bailey and M. Lopez de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias,
 * Backtest Overfitting and Non-Normality", Journal of Portfolio Management 40 (5), 2014:
 *
 *     SR0 = sqrt(V) ((1 - g) Q(1 - 1/N) + g Q(1 - 1/(N e)))      the best of N without skill
 *     DSR = F((SR - SR0) sqrt(T - 1) / sqrt(1 - skew SR + (kurtosis - 1)/4 SR^2))
 *
 * N trials whose Sharpe ratios vary by V; T returns; ratios per return, not annualised; kurtosis
 * is 3 for a normal distribution; g is Euler's constant, F the normal distribution and Q its
 * inverse. DSR is the probability that the true ratio is above SR0. */
#include <stdbool.h>
#include <stdint.h>

/* Sums of powers of returns: those of two stretches of time add up. */
struct sweep_sums { double count, first, second, third, fourth; };

struct sweep_moments { double count, sharpe, skew, kurtosis; };

void sweep_sums_add(struct sweep_sums *sums, double value);
void sweep_sums_join(struct sweep_sums *sums, const struct sweep_sums *more);
/* false: fewer than three returns, or they do not vary. */
bool sweep_moments_of(const struct sweep_sums *sums, struct sweep_moments *ret);

double sweep_normal(double x);
double sweep_normal_inverse(double probability); /* strictly between 0 and 1 */
/* The largest ratio to expect of `trials` without skill; 0 for one trial. */
double sweep_expected_best(double variance, double trials);
double sweep_deflated(const struct sweep_moments *moments, double expected_best);
