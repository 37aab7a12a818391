// What libraries by others say of the bars on stdin (the columns of tests/data/*.bars-1m.csv): one
// CSV column per value, empty where they say nothing yet. compare.lua names ours beside each.
//
// Where libraries differ, the column is of one that follows the convention we follow:
//   RSI    Wilder's smoothing in all; technicalindicators rounds it to two places, Tulip does not
//   MFI    a typical price that stayed counts for neither side in Tulip, as a fall elsewhere
//   KAMA   Tulip's seed: the last close of the first window
//   MACD   EMAs seeded by the mean of their first values, where asked for in so many words
import debut from '@debut/indicators';
import tulip from '@ixjb94/indicators';
import technical from 'technicalindicators';
import fs from 'node:fs';

const rows = fs.readFileSync(0, 'utf8').trim().split('\n').slice(1).map((line) =>
    line.split(',').map(Number));
const [start, open, high, low, close, notional] = [0, 1, 2, 3, 4, 5].map((column) =>
    rows.map((row) => row[column]));
const volume = notional.map((value, i) => value / close[i]);
const bars = { open, high, low, close, volume };

const columns = {};
// They leave out what they have no value for: the last one belongs to the last bar.
function add(name, values) {
    columns[name] = [...Array(rows.length - values.length).fill(undefined), ...values];
}
const pick = (list, field) => list.map((item) => item[field]);

add('sma_20', technical.SMA.calculate({ period: 20, values: close }));
add('ema_12', technical.EMA.calculate({ period: 12, values: close }));
add('wilder_14', technical.WEMA.calculate({ period: 14, values: close }));
add('wma_20', technical.WMA.calculate({ period: 20, values: close }));
add('vwma_20', await tulip.vwma(close, volume, 20));
add('kama_10', await tulip.kama(close, 10));
add('rsi_14', await tulip.rsi(close, 14));

const macd = technical.MACD.calculate({ values: close, fastPeriod: 12, slowPeriod: 26,
    signalPeriod: 9, SimpleMAOscillator: false, SimpleMASignal: false });
add('macd', pick(macd, 'MACD'));
add('macd_signal', pick(macd, 'signal'));
add('macd_histogram', pick(macd, 'histogram'));

const stochastic = technical.Stochastic.calculate({ ...bars, period: 14, signalPeriod: 3 });
add('stochastic_k', pick(stochastic, 'k'));
add('stochastic_d', pick(stochastic, 'd'));
add('cci_20', technical.CCI.calculate({ ...bars, period: 20 }));
add('true_range', technical.TrueRange.calculate(bars));
add('atr_14', technical.ATR.calculate({ ...bars, period: 14 }));

const bollinger = technical.BollingerBands.calculate({ period: 20, stdDev: 2, values: close });
for (const field of ['lower', 'middle', 'upper']) add(`bollinger_${field}`, pick(bollinger, field));

const keltner = technical.KeltnerChannels.calculate({ ...bars, maPeriod: 20, atrPeriod: 10,
    useSMA: false, multiplier: 2 });
for (const field of ['lower', 'middle', 'upper']) add(`keltner_${field}`, pick(keltner, field));

add('donchian_lower', await tulip.min(low, 20));
add('donchian_upper', await tulip.max(high, 20));

const deviation = await tulip.stddev(close, 20);
const mean = await tulip.sma(close, 20);
add('zscore_20', deviation.map((value, i) => (close[i + 19] - mean[i]) / value));

const returns = close.slice(1).map((value, i) => Math.log(value / close[i]) ** 2);
add('realised_30', (await tulip.sma(returns, 30)).map(Math.sqrt));

const adx = technical.ADX.calculate({ ...bars, period: 14 });
add('adx_14', pick(adx, 'adx'));
add('adx_plus', pick(adx, 'pdi'));
add('adx_minus', pick(adx, 'mdi'));

const supertrend = new debut.SuperTrend(10, 3, 'WEMA');
const trends = rows.map((_, i) => supertrend.nextValue(high[i], low[i], close[i])).filter(Boolean);
add('supertrend', pick(trends, 'superTrend'));
add('supertrend_rising', trends.map(({ direction }) => direction < 0 ? 1 : 0));

const ichimoku = technical.IchimokuCloud.calculate({ ...bars, conversionPeriod: 9, basePeriod: 26,
    spanPeriod: 52, displacement: 26 });
add('ichimoku_conversion', pick(ichimoku, 'conversion'));
add('ichimoku_base', pick(ichimoku, 'base'));
add('ichimoku_span_a', pick(ichimoku, 'spanA'));
add('ichimoku_span_b', pick(ichimoku, 'spanB'));

add('linreg_20', await tulip.linreg(close, 20));
add('linreg_slope', await tulip.linregslope(close, 20));
add('obv', technical.OBV.calculate(bars));
add('mfi_14', await tulip.mfi(high, low, close, volume, 14));
add('vwap', technical.VWAP.calculate(bars));

const names = Object.keys(columns);
const digits = (value) => value === undefined ? '' : String(Number(value.toPrecision(13)));
process.stdout.write(`start_s,${names.join(',')}\n${start.map((second, i) =>
    `${second},${names.map((name) => digits(columns[name][i])).join(',')}\n`).join('')}`);
