'use strict';
// What every page of ours shares: elements, exact decimals, tables, the theme. Text from the figures
// becomes text nodes and nothing else.

const figures = JSON.parse(document.getElementById('figures').textContent);
const byId = (id) => document.getElementById(id);

function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {}))
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else if (value !== undefined && value !== false) element.setAttribute(name, value);
    element.append(...children.flat().filter((child) => child !== undefined && child !== null));
    return element;
}

// --- decimals: text in, text out, summed exactly

const PLACES = 18;

function parseDecimal(text) {
    const [, sign, whole, rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? ['', '', '0'];
    return BigInt(sign + whole + rest.padEnd(PLACES, '0').slice(0, PLACES));
}

function formatDecimal(value) {
    const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0');
    const rest = digits.slice(-PLACES).replace(/0+$/, '');
    return (value < 0n ? '-' : '') + digits.slice(0, -PLACES) + (rest ? '.' + rest : '');
}

const sumDecimals = (texts) =>
    formatDecimal(texts.reduce((sum, text) => sum + parseDecimal(text ?? '0'), 0n));

// --- how things are shown

const formats = new Map();
function group(value, places) {
    if (!formats.has(places))
        formats.set(places, new Intl.NumberFormat('en-US',
            { minimumFractionDigits: places, maximumFractionDigits: places }));
    const text = formats.get(places).format(value);
    return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
}
const isThere = (value) => value !== null && value !== undefined && value !== '';
const showMoney = (text) => isThere(text) ? group(Number(text), 2) : '–';
const showCount = (value) => isThere(value) ? group(Number(value), 0) : '–';
const showPlain = (text) => isThere(text) ? String(text) : '–';
const showPercent = (ratio) => isThere(ratio) ? group(100 * Number(ratio), 2) + ' %' : '–';
// As many digits as a price needs and no more: 61,802.5 and 0.5213.
function showPrice(text) {
    if (!isThere(text)) return '–';
    const size = Math.abs(Number(text));
    const places = size >= 1000 ? 2 : size >= 1 ? 4 : 6;
    return group(Number(text), places).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}
const showTime = (ms) => isThere(ms)
    ? new Date(Number(ms)).toISOString().slice(0, 19).replace('T', ' ') : '–';
const toneOf = (value) => Number(value) > 0 ? 'good' : Number(value) < 0 ? 'bad' : '';

function spell(ms) {
    const units = [['d', 86400000], ['h', 3600000], ['min', 60000], ['s', 1000]];
    const [unit, length] = units.find(([, each]) => ms >= each) ?? ['ms', 1];
    return `${group(ms / length, ms >= 1000 && ms / length < 10 ? 1 : 0)} ${unit}`;
}

// --- tables

// columns: {key, title, show, number, tone, wide}; the exact value stands in data-value.
function makeCell(row, column) {
    const value = row[column.key];
    const classes = [column.number && 'number', column.wide && 'wide',
        column.tone && toneOf(value)].filter(Boolean).join(' ');
    const shown = (column.show ?? showPlain)(value, row);
    return make('td', { class: classes || undefined, 'data-value': value ?? '',
        title: shown.length > 24 ? shown : undefined }, shown);
}

function compareBy(column, direction) {
    const number = column.number || column.time;
    return (a, b) => {
        const [x, y] = [a[column.key], b[column.key]];
        if (!isThere(x) || !isThere(y)) return isThere(y) - isThere(x);
        const order = number ? Number(x) - Number(y) : String(x).localeCompare(String(y));
        return direction * order;
    };
}

const PAGE_ROWS = 25;

// A table that sorts by its headings and shows so many rows at a time. Returns {element, update}.
function makeTable({ columns, rows, caption, foot, id, start }) {
    let shown = rows, order = start ?? null, limit = PAGE_ROWS;
    const body = make('tbody'), footer = make('tfoot');
    const more = make('button', { type: 'button', class: 'more',
        onclick: () => { limit *= 5; draw(); } });
    const heads = columns.map((column) => make('th', { scope: 'col', 'aria-sort': 'none',
        class: column.number && 'number' },
        make('button', { type: 'button', onclick: () => sortBy(column) }, column.title)));
    function sortBy(column) {
        const same = order?.column === column;
        order = { column, direction: same ? -order.direction : column.number ? -1 : 1 };
        draw();
    }
    function draw() {
        const sorted = order ? [...shown].sort(compareBy(order.column, order.direction)) : shown;
        heads.forEach((head, i) => head.setAttribute('aria-sort', order?.column !== columns[i]
            ? 'none' : order.direction > 0 ? 'ascending' : 'descending'));
        body.replaceChildren(...sorted.slice(0, limit).map((row) =>
            make('tr', {}, columns.map((column) => makeCell(row, column)))));
        footer.replaceChildren(...(foot ? [make('tr', {}, foot(shown))] : []));
        more.hidden = shown.length <= limit;
        more.textContent = `Show more of ${showCount(shown.length)} rows`;
    }
    draw();
    const table = make('table', { id }, caption && make('caption', {}, caption),
        make('thead', {}, make('tr', {}, heads)), body, footer);
    return {
        element: make('div', {}, make('div', { class: 'scroll', tabindex: 0, role: 'region',
            'aria-label': caption ?? id }, table), more),
        update(wanted) { shown = wanted; draw(); },
    };
}

const makeRows = ({ columns, rows }) =>
    rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));

// --- theme: the system's, until told

const themeListeners = [];
function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    byId('theme').textContent = theme === 'dark' ? 'Light' : 'Dark';
    themeListeners.forEach((listener) => listener());
}
const theme = () => document.documentElement.dataset.theme;
const color = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function startTheme() {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    setTheme(dark.matches ? 'dark' : 'light');
    dark.addEventListener('change', () => setTheme(dark.matches ? 'dark' : 'light'));
    byId('theme').addEventListener('click', () => setTheme(theme() === 'dark' ? 'light' : 'dark'));
    byId('print').addEventListener('click', () => window.print());
    let before = null;
    window.addEventListener('beforeprint', () => { before = theme(); setTheme('light'); });
    window.addEventListener('afterprint', () => { if (before) setTheme(before); });
}
