'use strict';
// The report of one run: what `figures` holds, drawn. See docs/report.md for its shape.

const SERIES_COLORS = 6;
const charts = [];
const section = (id) => document.querySelector(`#${id} > div`);
const say = (text) => make('p', { class: 'faint' }, text);

// --- charts

function dressed(count, chosen) {
    return chosen?.map(color) ?? Array.from({ length: count },
        (_, i) => color(`series-${i % SERIES_COLORS + 1}`));
}

function showReadout(chart, at) {
    const row = chart.rows[at];
    if (!row) return chart.readout.replaceChildren();
    const values = chart.names.flatMap((name, i) => isThere(row[i + 1])
        ? [make('i', { style: `background:${chart.colors[i]}` }), `${name} `,
            make('b', {}, chart.show(row[i + 1], i))] : []);
    chart.readout.replaceChildren(`${showTime(row[0])} UTC`, ...values,
        ...(chart.describe ? [' ', chart.describe(row)] : []));
}

// Arrows move the window or, when all is shown, the point that is read; plus and minus zoom.
function onChartKey(chart, event) {
    const [from, to] = chart.graph.xAxisRange(), [first, last] = chart.graph.xAxisExtremes();
    const span = to - from;
    const show = (a, b) => chart.graph.updateOptions({ dateWindow: [a, b] });
    const step = (by) => {
        chart.cursor = Math.max(0, Math.min(chart.rows.length - 1, (chart.cursor ?? 0) + by));
        chart.graph.setSelection(chart.cursor);
        showReadout(chart, chart.cursor);
    };
    const pan = (part) => {
        if (span >= (last - first) * 0.999) step(part > 0 ? 1 : -1);
        else show(from + part * span, to + part * span);
    };
    const actions = {
        ArrowLeft: () => pan(-0.1), ArrowRight: () => pan(0.1),
        '+': () => show(from + span / 4, to - span / 4),
        '=': () => show(from + span / 4, to - span / 4),
        '-': () => show(Math.max(first, from - span / 2), Math.min(last, to + span / 2)),
        Home: () => chart.graph.resetZoom(), Escape: () => chart.graph.resetZoom(),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
}

const isoDay = (ms) => new Date(ms).toISOString().slice(0, 10);
function describeRows(title, names, rows, show) {
    const [first, last] = [rows[0], rows.at(-1)];
    const ends = names.map((name, i) => {
        const known = rows.filter((row) => isThere(row[i + 1]));
        return known.length ? `${name} from ${show(known[0][i + 1], i)} to ` +
            show(known.at(-1)[i + 1], i) : `${name} has none`;
    });
    return `${title}, ${isoDay(first[0])} to ${isoDay(last[0])}: ${ends.join('; ')}. ` +
        'Arrow keys read or move, plus and minus zoom, Home shows all.';
}

// rows: [ms, value...]; null: nothing there. Returns the chart, or null without rows.
function addChart(parent, { title, names, rows, show = showMoney, small, options, palette,
    describe, note }) {
    if (rows.length < 2) return null;
    const plot = make('div', { class: small ? 'plot small' : 'plot', tabindex: 0, role: 'img',
        'aria-label': describeRows(title, names, rows, show) });
    const readout = make('div', { class: 'readout' });
    const chart = { rows, names, show, readout, palette, describe,
        colors: dressed(names.length, palette) };
    const all = make('button', { type: 'button', onclick: () => chart.graph.resetZoom() },
        'Show all');
    parent.append(make('figure', {}, make('figcaption', {}, make('span', {}, title,
        note && make('span', { class: 'faint' }, ` ${note}`)), all), plot, readout));
    chart.graph = new Dygraph(plot, rows, {
        labels: ['t', ...names.map((_, i) => `s${i}`)], legend: 'never', labelsUTC: true,
        colors: chart.colors, strokeWidth: 1.4, connectSeparatedPoints: true,
        highlightCircleSize: 3, axisLineColor: color('line'), gridLineColor: color('grid'),
        animatedZooms: false, yRangePad: 8,
        axes: {
            x: { ticker: Dygraph.dateTicker, axisLabelFormatter: Dygraph.dateAxisLabelFormatter },
            y: { axisLabelFormatter: (value) => shortNumber(value), axisLabelWidth: 58 },
        },
        highlightCallback: (_, x, points, at) => { chart.cursor = at; showReadout(chart, at); },
        unhighlightCallback: () => showReadout(chart, -1),
        ...options?.(),
    });
    chart.options = options;
    plot.addEventListener('keydown', (event) => onChartKey(chart, event));
    charts.push(chart);
    return chart;
}

function shortNumber(value) {
    const size = Math.abs(value);
    if (size >= 1e6) return `${+(value / 1e6).toPrecision(5)}M`;
    return size >= 1000 ? group(value, size < 10000 && value % 1 ? 1 : 0)
        : `${+value.toPrecision(5)}`;
}

themeListeners.push(() => charts.forEach((chart) => {
    chart.colors = dressed(chart.names.length, chart.palette);
    chart.graph.updateOptions({ colors: chart.colors, axisLineColor: color('line'),
        gridLineColor: color('grid'), ...chart.options?.() });
}));

// --- overview

const account = figures.metrics.find((row) => row.name === '' && row.product_id === '') ?? {};

// What a backtest assumed, of its run.json, which anybody may have edited.
function spellAbout(about) {
    const list = (of) => Array.isArray(of) ? of : [], ms = (ns) => `${Number(ns) / 1e6} ms`;
    return [`${about.strategy} on ${list(about.data).map((each) => each?.path).join(', ')}`,
        `limits of ${about.config}`, about.params && `params ${JSON.stringify(about.params)}`,
        `latency ${ms(about.feed_ns)} of the feed, ${ms(about.order_ns)} there, ${
            ms(about.answer_ns)} back`,
        `fees ${about.fee_maker} maker, ${about.fee_taker} taker`, `seed ${about.seed}`,
        ...list(about.left).flatMap((left) => [
            left?.position !== '0' && `open at the end: ${left?.position} ${left?.product} at ${
                left?.mark}`,
            left?.gaps > 0 && `${left.gaps} gaps in the data of ${left.product}`,
            left?.crossed > 0 && `${left.crossed} crossed books of ${left.product}`]),
        about.reason && `${about.state} at the end: ${about.reason}`].filter(Boolean).join(' · ');
}

function fillHead() {
    const { run } = figures;
    if (run.about) byId('about').textContent = spellAbout(run.about);
    else byId('about').remove();
    document.title = `${run.name}: report`;
    byId('title').textContent = run.name;
    const span = run.to - run.from;
    byId('subtitle').textContent = [run.kind, `${showTime(run.from)} to ${showTime(run.to)} UTC`,
        span > 0 ? spell(span) : null, run.version && `Moongate ${run.version}`]
        .filter(Boolean).join(' · ');
    byId('notes').append(...figures.notes.map((note) => make('li', {}, note)));
}

function addCard(title, value, shown, tone) {
    byId('cards').append(make('div', {}, make('dt', {}, title),
        make('dd', { class: tone ? toneOf(value) : undefined, 'data-metric': title,
            'data-value': value ?? '' }, shown)));
}

function fillCards() {
    const money = (title, value, tone) => addCard(title, value, showMoney(value), tone);
    const figure = (title, value) => addCard(title, value,
        isThere(value) ? group(Number(value), 2) : '–');
    const a = account;
    money('Result', a.result, true);
    money('Realised', a.realised, true);
    money('Unrealised', a.unrealised, true);
    money('Fees', a.fees);
    money('Funding', a.funding, true);
    money('Largest drawdown', a.drawdown);
    addCard('Largest drawdown, of equity', a.drawdown_part, showPercent(a.drawdown_part));
    addCard('Win rate', a.win_rate, showPercent(a.win_rate));
    figure('Profit factor', a.profit_factor);
    figure('Sharpe, hours', a.hours?.sharpe);
    figure('Sharpe, days', a.days?.sharpe);
    for (const [title, key] of [['Trades', 'trades'], ['Fills', 'fills'], ['Orders', 'orders'],
        ['Refusals', 'intents_refused']])
        addCard(title, a[key], showCount(a[key]));
}

// --- equity

const column = (name) => figures.curve.columns.indexOf(name);

function readCurve(name) {
    const { rows } = figures.curve, [at, value] = [column('at'), column(name)];
    return value < 0 ? [] : rows.filter((row) => isThere(row[value]))
        .map((row) => [row[at], Number(row[value])]);
}

function drawdownOf(rows) {
    let peak = -Infinity;
    return rows.map(([at, value]) => {
        peak = Math.max(peak, value);
        return [at, value - peak];
    });
}

function fillEquity() {
    const place = section('equity'), equity = readCurve('equity');
    const drawn = [
        addChart(place, { title: figures.run.equity_known ? 'Equity' : 'Result', names: ['Equity'],
            rows: equity, palette: ['series-1'], note: figures.run.has_series ? 'each minute'
                : 'at each record of the journal',
            options: () => ({ showRangeSelector: true, rangeSelectorHeight: 26,
                rangeSelectorPlotFillColor: color('grid'),
                rangeSelectorPlotStrokeColor: color('faint') }) }),
        addChart(place, { title: 'Drawdown', names: ['Below the peak'], rows: drawdownOf(equity),
            small: true, palette: ['bad'], options: () => ({ fillGraph: true,
                fillAlpha: 0.25 }) }),
        addChart(place, { title: 'Exposure', names: ['Gross'], rows: readCurve('exposure'),
            small: true, palette: ['series-3'], options: () => ({ fillGraph: true, fillAlpha: 0.2,
                stepPlot: true, includeZero: true }) }),
    ].filter(Boolean);
    if (drawn.length === 0) return place.append(say('Nothing was traded.'));
    linkWindows(drawn);
}

// One of them zoomed zooms the others.
function linkWindows(linked) {
    let busy = false;
    for (const chart of linked)
        chart.graph.updateOptions({ drawCallback: (graph, first) => {
            if (busy || first) return;
            busy = true;
            const range = graph.xAxisRange();
            for (const other of linked)
                if (other !== chart) other.graph.updateOptions({ dateWindow: range });
            busy = false;
        } });
}

// --- attribution

function fillAttribution() {
    const rows = figures.metrics.filter((row) => row.name !== '' && row.product_id !== '');
    const money = (key, title, tone = true) => ({ key, title, number: true, tone,
        show: showMoney });
    const columns = [{ key: 'name', title: 'Strategy' }, { key: 'product_id', title: 'Product' },
        money('realised', 'Price, realised'), money('unrealised', 'Price, open'),
        money('fees', 'Fees', false), money('funding', 'Funding'), money('result', 'Result'),
        { key: 'position', title: 'Position', number: true },
        { key: 'trades', title: 'Trades', number: true, show: showCount },
        { key: 'fills', title: 'Fills', number: true, show: showCount },
        money('turnover', 'Turnover', false)];
    const summed = new Set(['realised', 'unrealised', 'fees', 'funding', 'result', 'turnover',
        'trades', 'fills']);
    const foot = (shown) => columns.map(({ key, show }, i) => i === 0
        ? make('th', { scope: 'row' }, 'All') : make('td', { class: i > 1 && 'number' },
            summed.has(key) ? show(sumDecimals(shown.map((row) => String(row[key] ?? 0)))) : ''));
    section('attribution').append(rows.length ? makeTable({ columns, rows, foot,
        id: 'attribution-table', caption: 'By strategy and product, in dollars; fees are a cost.' })
        .element : say('Nothing was traded.'));
    addResultByStrategy();
}

function addResultByStrategy() {
    const trades = makeRows(figures.trades).filter((trade) => isThere(trade.closed))
        .sort((a, b) => a.closed - b.closed);
    const names = [...new Set(trades.map((trade) => trade.strategy))].slice(0, SERIES_COLORS);
    const sums = names.map(() => 0);
    const rows = trades.flatMap((trade) => {
        const at = names.indexOf(trade.strategy);
        if (at < 0) return [];
        sums[at] += Number(trade.net);
        return [[trade.closed, ...sums]];
    });
    addChart(section('attribution'), { title: 'Result of ended trades, summed', names, rows,
        small: true, options: () => ({ stepPlot: true }) });
}

// --- months

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function heatCell(value, most) {
    const part = most > 0 ? Math.min(1, Math.abs(Number(value)) / most) : 0;
    const tone = Number(value) < 0 ? 'bad' : 'good';
    return make('td', { class: 'cell', 'data-value': value,
        style: `background:rgba(var(--${tone}-back),${(0.08 + 0.4 * part).toFixed(3)})` },
    showMoney(value));
}

function fillMonths() {
    const days = makeRows(figures.days), years = new Map();
    for (const day of days) {
        const [year, month] = isoDay(day.at).split('-').map(Number);
        if (!years.has(year)) years.set(year, MONTHS.map(() => []));
        years.get(year)[month - 1].push(day.result);
    }
    if (years.size === 0) return section('months').append(say('No day has begun.'));
    const totals = [...years].map(([year, months]) => [year,
        months.map((results) => results.length ? sumDecimals(results) : null)]);
    const most = Math.max(...totals.flatMap(([, months]) => months.map((sum) =>
        Math.abs(Number(sum ?? 0)))));
    const body = totals.map(([year, months]) => make('tr', {}, make('th', { scope: 'row' },
        String(year)), months.map((sum) => sum === null ? make('td') : heatCell(sum, most)),
    make('td', { class: `number ${toneOf(sumDecimals(months))}`,
        'data-value': sumDecimals(months) }, showMoney(sumDecimals(months)))));
    section('months').append(make('div', { class: 'scroll', tabindex: 0, role: 'region',
        'aria-label': 'Result by month' }, make('table', { class: 'months', id: 'months-table' },
        make('caption', {}, 'Result of each month (UTC), fees and funding included.'),
        make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Year'),
            MONTHS.map((month) => make('th', { scope: 'col', class: 'number' }, month)),
            make('th', { scope: 'col', class: 'number' }, 'All'))), make('tbody', {}, body))));
    addChart(section('months'), { title: 'Result of each day', names: ['Result'], small: true,
        rows: days.map((day) => [day.at, Number(day.result)]), palette: ['series-1'],
        options: () => ({ stepPlot: true, fillGraph: true, fillAlpha: 0.25 }) });
}

// --- prices, entries, exits

const MARKS = ['Buy, opens', 'Sell, opens', 'Buy, closes', 'Sell, closes'];
const MARK_COLORS = ['good', 'bad', 'good', 'bad'];

function markOf(fill) { // a fill that leaves the position on its own side has opened (or turned) it
    const buys = fill.side === 'buy', after = Number(fill.position);
    return (buys ? 0 : 1) + ((buys ? after > 0 : after < 0) ? 0 : 2);
}

// Up for a buy, down for a sell; full where it opens, hollow where it closes.
function drawMark(which) {
    return (graph, name, context, x, y, paint, size) => {
        const up = which % 2 === 0 ? 1 : -1;
        context.beginPath();
        context.moveTo(x, y - up * size);
        context.lineTo(x - size, y + up * size);
        context.lineTo(x + size, y + up * size);
        context.closePath();
        context.lineWidth = 1.5;
        context.strokeStyle = context.fillStyle = paint;
        if (which < 2) context.fill();
        context.stroke();
    };
}

function priceRows(product) {
    const empty = [null, null, null, null];
    const lines = readCurve(`price ${product}`)
        .map(([at, price]) => ({ row: [at, price, ...empty] }));
    const fills = makeRows(figures.fills).filter((fill) => fill.product === product)
        .map((fill) => {
            const row = [fill.at, lines.length ? null : Number(fill.price), ...empty];
            row[2 + markOf(fill)] = Number(fill.price);
            return { row, fill };
        });
    const merged = [...lines, ...fills].sort((a, b) => a.row[0] - b.row[0]);
    return { rows: merged.map(({ row }) => row),
        fills: new Map(merged.filter(({ fill }) => fill).map(({ row, fill }) => [row, fill])) };
}

function drawPrices(place, product) {
    const { rows, fills } = priceRows(product);
    const series = Object.fromEntries(MARKS.map((_, i) => [`s${i + 1}`, { strokeWidth: 0,
        drawPoints: true, pointSize: 4.5, drawPointCallback: drawMark(i),
        drawHighlightPointCallback: drawMark(i) }]));
    for (const chart of charts.filter((each) => each.prices)) {
        charts.splice(charts.indexOf(chart), 1);
        chart.graph.destroy();
    }
    place.replaceChildren();
    const chart = addChart(place, { title: product, names: ['Price', ...MARKS], rows,
        show: showPrice, palette: ['faint', ...MARK_COLORS], options: () => ({ series }),
        describe: (row) => {
            const fill = fills.get(row);
            return fill ? `${fill.side} ${fill.size} by ${fill.strategy}, ${fill.liquidity}` : '';
        }, note: '▲ buys, ▼ sells; full opens, hollow closes' });
    if (chart) chart.prices = true;
    else place.append(say('Too little to draw.'));
}

function fillPrices() {
    const place = make('div', { id: 'price-chart' });
    const products = [...new Set(makeRows(figures.fills).map((fill) => fill.product))];
    if (products.length === 0) return section('prices').append(say('Nothing was traded.'));
    const choice = make('select', { onchange: () => drawPrices(place, choice.value) },
        products.map((product) => make('option', { value: product }, product)));
    section('prices').append(make('div', { class: 'filters' }, make('label', {}, 'Product',
        choice)), place);
    drawPrices(place, products[0]);
}

// --- trades

function choiceOf(title, values, onchange) {
    const select = make('select', { onchange }, make('option', { value: '' }, 'all'),
        values.map((value) => make('option', { value }, value)));
    return { select, element: make('label', {}, title, select) };
}

const RESULTS = { won: (t) => Number(t.net) > 0 && isThere(t.closed),
    lost: (t) => Number(t.net) < 0 && isThere(t.closed), open: (t) => !isThere(t.closed) };

function fillTrades() {
    const trades = makeRows(figures.trades).map((trade) => ({ ...trade,
        held: (isThere(trade.closed) ? trade.closed : figures.run.to) - trade.opened }));
    if (trades.length === 0) return section('trades').append(say('No trade has begun.'));
    const money = (key, title, tone) => ({ key, title, number: true, show: showMoney, tone });
    const columns = [{ key: 'opened', title: 'Opened', show: showTime, time: true },
        { key: 'closed', title: 'Closed', show: (at) => isThere(at) ? showTime(at) : 'open',
            time: true },
        { key: 'held', title: 'Held', number: true, show: spell },
        { key: 'strategy', title: 'Strategy' }, { key: 'product', title: 'Product' },
        { key: 'side', title: 'Side' }, { key: 'size', title: 'Size', number: true },
        { key: 'entry', title: 'Entry', number: true, show: showPrice },
        { key: 'exit', title: 'Exit', number: true, show: showPrice },
        money('price', 'Price', true), money('fees', 'Fees'), money('funding', 'Funding', true),
        money('net', 'Net', true)];
    const foot = (shown) => [make('th', { scope: 'row', colspan: columns.length - 1 },
        `${showCount(shown.length)} trades`), makeCell({ net: sumDecimals(shown.map((trade) =>
        trade.net)) }, columns.at(-1))];
    const table = makeTable({ columns, rows: trades, id: 'trades-table', foot,
        caption: 'From flat to flat. Times are UTC, the newest first.',
        start: { column: columns[0], direction: -1 } });
    const distinct = (key) => [...new Set(trades.map((trade) => trade[key]))];
    const update = () => table.update(trades.filter((trade) =>
        (!strategy.select.value || trade.strategy === strategy.select.value) &&
        (!product.select.value || trade.product === product.select.value) &&
        (!side.select.value || trade.side === side.select.value) &&
        (!result.select.value || RESULTS[result.select.value](trade)) &&
        (!words.value || columns.some(({ key, show = showPlain }) =>
            show(trade[key]).toLowerCase().includes(words.value.toLowerCase())))));
    const strategy = choiceOf('Strategy', distinct('strategy'), update);
    const product = choiceOf('Product', distinct('product'), update);
    const side = choiceOf('Side', ['long', 'short'], update);
    const result = choiceOf('Result', Object.keys(RESULTS), update);
    const words = make('input', { type: 'search', id: 'trades-words', oninput: update,
        placeholder: 'text, a day, a price' });
    section('trades').append(make('div', { class: 'filters' }, strategy.element, product.element,
        side.element, result.element, make('label', {}, 'Contains', words)), table.element);
}

// --- refusals

// The metrics' counts, those of the journal's share and beyond, and what each code means.
function refusalsByCode(codes) {
    return figures.metrics.filter((row) => row.name !== '' && row.product_id !== '')
        .flatMap((row) => Object.entries(row.refusals).map(([code, count]) => ({ code, count,
            strategy: row.name, product: row.product_id, control: codes[code][0],
            meaning: codes[code][1] })));
}

function fillRefusals() {
    const { codes, filters } = figures, place = section('refusals');
    const latest = makeRows(figures.refusals), rows = refusalsByCode(codes);
    if (rows.length === 0) return place.append(say('Nothing was refused.'));
    const count = { key: 'count', title: 'Count', number: true, show: showCount };
    place.append(makeTable({ id: 'refusals-table', rows,
        caption: 'By code. The control is its number in docs/gate.md.',
        columns: [{ key: 'code', title: 'Code' }, { key: 'control', title: 'Control',
            number: true, show: (control) => control ? String(control) : '–' }, count,
        { key: 'strategy', title: 'Strategy' }, { key: 'product', title: 'Product' },
        { key: 'meaning', title: 'What it means', wide: true }],
        start: { column: count, direction: -1 } }).element);
    if (filters.length)
        place.append(make('h3', {}, 'By filter, rule or config line'), makeTable({
            id: 'filters-table', rows: filters, columns: [{ key: 'key', title: 'Filter' },
                { key: 'code', title: 'Code' }, count] }).element);
    if (latest.length) {
        const at = { key: 'at', title: 'At (UTC)', show: showTime, time: true };
        place.append(make('h3', {}, 'One by one'), makeTable({ id: 'latest-table', rows: latest,
            columns: [at, { key: 'strategy', title: 'Strategy' },
                { key: 'product', title: 'Product' }, { key: 'side', title: 'Side' },
                { key: 'code', title: 'Code' }, { key: 'value', title: 'Value', number: true },
                { key: 'limit', title: 'Limit', number: true },
                { key: 'key', title: 'Config line' },
                { key: 'text', title: 'In its words', wide: true }],
            start: { column: at, direction: -1 } }).element);
    }
}

// --- execution, funding, metrics, events

const showBasis = (ratio) => isThere(ratio) ? `${group(10000 * Number(ratio), 2)} bp` : '–';

function fillExecution() {
    const rows = figures.metrics.filter((row) => row.orders > 0 || row.fills > 0).map((row) => ({
        ...row, name: row.name || 'all', product_id: row.product_id || 'all',
        maker: row.fills ? row.maker_fills / row.fills : null }));
    const whole = (key, title) => ({ key, title, number: true, show: showCount });
    section('execution').append(rows.length ? makeTable({ id: 'execution-table', rows,
        caption: 'Slippage is what fills cost beyond the mid when their order was judged: positive ' +
            'is worse.', columns: [{ key: 'name', title: 'Strategy' },
            { key: 'product_id', title: 'Product' },
            { key: 'slippage', title: 'Slippage', number: true, show: showMoney },
            { key: 'slippage_part', title: 'of worth', number: true, show: showBasis },
            { key: 'maker', title: 'Maker fills', number: true, show: showPercent },
            whole('orders', 'Orders'), whole('accepted', 'Accepted'), whole('refused',
                'Refused by venue'), whole('dropped', 'Never sent'),
            { key: 'acceptance', title: 'Acceptance', number: true, show: showPercent }] }).element
        : say('No order was made.'));
}

function fillFunding() {
    const payments = makeRows(figures.funding), place = section('funding');
    if (payments.length === 0) return place.append(say('No funding was paid or received.'));
    let sum = 0;
    addChart(place, { title: 'Funding, summed', names: ['Received'], small: true,
        rows: payments.map(({ at, payment }) => [at, sum += Number(payment)]),
        palette: ['series-4'], options: () => ({ stepPlot: true }) });
    const at = { key: 'at', title: 'Stamp (UTC)', show: showTime, time: true };
    place.append(makeTable({ id: 'funding-table', rows: payments, columns: [at,
        { key: 'strategy', title: 'Strategy' }, { key: 'product', title: 'Product' },
        { key: 'position', title: 'Position', number: true },
        { key: 'mark', title: 'Mark', number: true, show: showPrice },
        { key: 'rate', title: 'Rate', number: true },
        { key: 'payment', title: 'Payment', number: true, tone: true, show: showMoney }],
    start: { column: at, direction: -1 } }).element);
}

function flatten(row, prefix = '') {
    return Object.entries(row).flatMap(([key, value]) => value !== null && typeof value === 'object'
        ? flatten(value, `${prefix}${key} `) : [[prefix + key, value]]);
}

function fillMetrics() {
    const scopes = figures.metrics.map((row) => [row.name || 'all', row.product_id || 'all']);
    const wanted = scopes.map(([name], i) => i).filter((i) => scopes[i][1] === 'all');
    const flat = wanted.map((i) => Object.fromEntries(flatten(figures.metrics[i])));
    const keys = Object.keys(flat[0] ?? {}).filter((key) => key !== 'name' && key !== 'product_id');
    const rows = keys.map((key) => Object.fromEntries([['key', key.replaceAll('_', ' ')],
        ...flat.map((each, i) => [`v${i}`, each[key]])]));
    const show = (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
        ? group(Number(value), 4).replace(/\.?0+$/, '') : showPlain(value);
    section('metrics').append(rows.length ? makeTable({ id: 'metrics-table', rows,
        caption: 'As `moongate report --json` prints them; docs/report.md defines each.',
        columns: [{ key: 'key', title: 'Metric' }, ...wanted.map((i, at) => ({ key: `v${at}`,
            title: scopes[i][0] === 'all' ? 'Account' : scopes[i][0], number: true, show }))] })
        .element : say('Nothing to measure.'));
}

function fillEvents() {
    const events = makeRows(figures.events);
    const at = { key: 'at', title: 'At (UTC)', show: showTime, time: true };
    section('events').append(events.length ? makeTable({ id: 'events-table', rows: events,
        caption: 'Starts, latches, what the operator did, what failed.',
        columns: [at, { key: 'kind', title: 'Kind' }, { key: 'what', title: 'What', wide: true },
            { key: 'why', title: 'Why', wide: true }], start: { column: at, direction: -1 } })
        .element : say('Nothing happened.'));
}

startTheme();
fillHead();
fillCards();
fillEquity();
fillAttribution();
fillMonths();
fillPrices();
fillTrades();
fillRefusals();
fillExecution();
fillFunding();
fillMetrics();
fillEvents();
document.documentElement.dataset.ready = 'yes';
