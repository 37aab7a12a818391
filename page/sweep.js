'use strict';
// A sweep's scores: what `figures` holds, as docs/sweep.md describes it.

const { params, points } = figures;
const section = (id) => document.querySelector(`#${id} > div`);
const whole = points.filter((point) => point.whole);
const showRatio = (value) => isThere(value) ? group(Number(value), 2) : '–';
const showChance = (value) => isThere(value) ? group(Number(value), 3) : '–';

const MEASURES = [
    { key: 'test_sharpe', title: 'Sharpe ratio, out of sample', show: showRatio },
    { key: 'train_sharpe', title: 'Sharpe ratio, in sample', show: showRatio },
    { key: 'test_result', title: 'Result, out of sample', show: showMoney },
    { key: 'train_result', title: 'Result, in sample', show: showMoney },
    { key: 'deflated', title: 'Deflated Sharpe ratio', show: showChance, middle: 0.5 },
    { key: 'trades', title: 'Trades, out of sample', show: showCount },
];

function fillHead() {
    document.title = 'Sweep';
    byId('title').textContent = `Sweep of ${figures.strategy.split('/').pop()}`;
    byId('subtitle').textContent = `${params.map((param) => param.name).join(', ')} · ` +
        `${showCount(points.length)} points · ${figures.done} of ${figures.jobs} backtests`;
    const [best] = whole;
    const card = (title, shown) => byId('cards').append(make('div', {}, make('dt', {}, title),
        make('dd', { 'data-metric': title }, shown)));
    card('Trials', showCount(figures.trials));
    card('Best in sample', best ? best.values.join(', ') : '–');
    card('its Sharpe, in', showRatio(best?.train_sharpe));
    card('its Sharpe, out', showRatio(best?.test_sharpe));
    card('its result, out', showMoney(best?.test_result));
    card('Expected of luck', showRatio(figures.expected_best));
    card('Deflated Sharpe', showChance(best?.deflated));
    card('Walk-forward result', showMoney(figures.walk_result));
    byId('verdict').textContent = verdict(best);
}

function verdict(best) {
    if (!best) return 'No point is whole yet.';
    if (!isThere(best.deflated)) return 'Too few hours to say how much of it is luck.';
    return Number(best.deflated) < 0.95
        ? 'The best point cannot be told from the best of so many without skill: its deflated ' +
            'Sharpe ratio is below 0.95.'
        : 'Luck alone does not explain the best point, if all trials were counted.';
}

// --- heat map: two parameters, the others averaged

function heatColor(value, least, most, middle) {
    if (!isThere(value) || !Number.isFinite(value)) return '';
    const span = Math.max(most - middle, middle - least, 1e-12);
    const part = Math.min(1, Math.abs(value - middle) / span);
    return `background:rgba(var(--${value < middle ? 'bad' : 'good'}-back),` +
        `${(0.06 + 0.5 * part).toFixed(3)})`;
}

function meanOf(cells, key) {
    const known = cells.filter((point) => isThere(point[key]));
    return known.length ? known.reduce((sum, point) => sum + Number(point[key]), 0) / known.length
        : null;
}

function heatTable(across, down, measure) {
    const name = (param) => params[param].name;
    const cells = (x, y) => whole.filter((point) => point.values[across] === x &&
        (down === null || point.values[down] === y));
    const used = (param) => params[param].values.filter((value) =>
        whole.some((point) => point.values[param] === value));
    const rows = down === null ? [null] : used(down), columns = used(across);
    const means = rows.map((y) => columns.map((x) => meanOf(cells(x, y), measure.key)));
    const known = means.flat().filter((mean) => mean !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const middle = measure.middle ?? (least >= 0 ? (least + most) / 2 : 0);
    return make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': measure.title },
        make('table', { class: 'heat', id: 'heat-table' },
            make('caption', {}, `${measure.title}: ${name(across)} across` +
                (down === null ? '' : `, ${name(down)} down`)),
            make('thead', {}, make('tr', {}, make('th'),
                columns.map((x) => make('th', { scope: 'col' }, x)))),
            make('tbody', {}, rows.map((y, i) => make('tr', {},
                make('th', { scope: 'row' }, y ?? ''), means[i].map((mean) => make('td', {
                    class: 'cell', 'data-value': mean ?? '',
                    style: heatColor(mean, least, most, middle) || undefined },
                mean === null ? '' : measure.show(mean))))))));
}

function choice(title, names, chosen, onchange) {
    const select = make('select', { onchange }, names.map((name, i) => make('option', { value: i,
        selected: i === chosen }, name)));
    return { select, element: make('label', {}, title, select) };
}

function fillHeat() {
    if (whole.length === 0) return section('heat').append('No point is whole yet.');
    const place = make('div'), names = params.map((param) => param.name);
    const measures = MEASURES.filter(({ key }) => whole.some((point) => isThere(point[key])));
    const draw = () => {
        const x = Number(across.select.value), y = Number(down?.select.value ?? x);
        place.replaceChildren(heatTable(x, y === x ? null : y,
            measures[Number(measure.select.value)]));
    };
    const across = choice('Across', names, 0, draw);
    const down = names.length > 1 ? choice('Down', names, 1, draw) : null;
    const measure = choice('Shows', measures.map(({ title }) => title), 0, draw);
    section('heat').append(make('div', { class: 'filters' }, across.element, down?.element,
        measure.element), place);
    if (names.length > 2)
        section('heat').append(make('p', { class: 'faint' },
            'Each cell is the mean over the parameters that are not shown.'));
    draw();
}

// --- a dot a point: what was good in training, was it good afterwards?

const SVG = 'http://www.w3.org/2000/svg';
function draw(tag, attributes, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
}

function scaleOf(values, from, to) {
    const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
    const span = most - least || 1;
    return (value) => from + (to - from) * (value - least) / span;
}

function fillLuck() {
    const kind = whole.some((point) => isThere(point.test_sharpe) && isThere(point.train_sharpe))
        ? 'sharpe' : 'result';
    const [inKey, outKey] = [`train_${kind}`, `test_${kind}`];
    const dots = whole.filter((point) => isThere(point[inKey]) && isThere(point[outKey]));
    if (dots.length < 2) return section('luck').append('Too few points to compare.');
    const show = kind === 'sharpe' ? showRatio : showMoney;
    const x = scaleOf(dots.map((point) => Number(point[inKey])), 60, 620);
    const y = scaleOf(dots.map((point) => Number(point[outKey])), 290, 20);
    const what = kind === 'sharpe' ? 'Sharpe ratio' : 'Result';
    section('luck').append(make('p', { class: 'faint' },
        `${what}: across in sample, up out of sample. Skill leans to the upper right; a cloud ` +
        'without direction is luck.'),
    draw('svg', { viewBox: '0 0 640 320', role: 'img', class: 'dots', 'aria-label':
        `${dots.length} points, ${what} in sample against out of sample` },
    draw('line', { x1: 60, x2: 620, y1: y(0), y2: y(0), class: 'axis' }),
    draw('line', { x1: x(0), x2: x(0), y1: 20, y2: 290, class: 'axis' }),
    draw('text', { x: 620, y: y(0) + 14, 'text-anchor': 'end' }, 'in sample →'),
    draw('text', { x: x(0) < 500 ? x(0) + 5 : x(0) - 5, y: 14,
        'text-anchor': x(0) < 500 ? 'start' : 'end' }, '↑ out of sample'),
    ...dots.map((point) => draw('circle', { cx: x(Number(point[inKey])),
        cy: y(Number(point[outKey])), r: 4 }, draw('title', {}, params.map((param, i) =>
        `${param.name} ${point.values[i]}`).join(', ') +
        `: in ${show(point[inKey])}, out ${show(point[outKey])}`)))));
}

// --- tables

function fillFolds() {
    const cut = (key, title) => ({ key, title, show: (time) => String(time).slice(0, 16)
        .replace('T', ' ') });
    section('folds').append(makeTable({ id: 'folds-table', rows: figures.folds.map((fold, i) =>
        ({ ...fold, number: i + 1, chosen: fold.chosen?.join(', ') })),
    caption: 'The point that was best in a training stretch trades the test stretch after it.',
    columns: [{ key: 'number', title: 'Fold', number: true }, cut('train_from', 'Training from'),
        cut('test_from', 'Test from'), cut('test_to', 'to (UTC)'),
        { key: 'chosen', title: `Best in training (${params.map((param) => param.name)
            .join(', ')})` }] }).element);
}

function fillPoints() {
    const rows = points.map((point) => ({ ...point, ...Object.fromEntries(params.map((param, i) =>
        [`p${i}`, point.values[i]])) }));
    const number = (key, title, show, tone) => ({ key, title, number: true, show, tone });
    const numeric = (i) => params[i].values.every((value) => Number.isFinite(Number(value)));
    const failed = rows.some((row) => row.error);
    section('points').append(makeTable({ id: 'points-table', rows,
        caption: 'The best in sample first. In sample is what a point was chosen on.',
        columns: [...params.map((param, i) => ({ key: `p${i}`, title: param.name,
            number: numeric(i) })),
        number('train_sharpe', 'Sharpe, in', showRatio, true),
        number('test_sharpe', 'Sharpe, out', showRatio, true),
        number('train_result', 'Result, in', showMoney, true),
        number('test_result', 'Result, out', showMoney, true),
        number('trades', 'Trades, out', showCount),
        number('deflated', 'Deflated Sharpe', showChance),
        ...(failed ? [{ key: 'error', title: 'Failed', wide: true }] : [])] }).element);
}

startTheme();
fillHead();
fillHeat();
fillLuck();
fillFolds();
fillPoints();
document.documentElement.dataset.ready = 'yes';
