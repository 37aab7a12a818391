// node page.mjs MOONGATE MAKE_RUN: the report of a run made for it, in a browser.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { equal, fail, run } from '../exchange/venue.mjs';
import { Browser } from './browser.mjs';

const [, , moongate, makeRun] = process.argv;
const HARM = '</script><img onerror=alert(1)>';
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

function makeReport(name, words) {
    const state = path.join(dir, name);
    execFileSync(makeRun, [state, ...words]);
    if (words.includes('--series'))
        fs.writeFileSync(path.join(state, 'run.json'), JSON.stringify({ strategy: HARM, left: [null,
            { product: 'BTC', position: '0.02', mark: '60000' }], data: [{ path: 'x.csv' }, 1] }));
    execFileSync(moongate, ['report', '--html', state], { stdio: 'pipe' });
    return path.join(state, 'report.html');
}
const files = { journal: makeReport('journal', ['300']),
    series: makeReport('series', ['60', '--series']) };
const urlOf = (name) => pathToFileURL(files[name]).href;
// The figures by another way than the page's own script.
const figuresOf = (name) => JSON.parse(/<script type="application\/json" id="figures">(.*?)<\/script>/s
    .exec(fs.readFileSync(files[name], 'utf8'))[1]);

const browser = await Browser.start();
const tally = `[...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width || 1,
        canvas.height || 1);
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
    return painted; })`;
const rowsOf = (id) => `document.querySelectorAll('#${id} tbody tr').length`;

async function opened(name, options) {
    const page = await browser.open(urlOf(name), options);
    equal(await page.ask('document.documentElement.dataset.ready'), 'yes', 'the script\'s end');
    return page;
}

function quiet(page) {
    if (page.complaints.length) fail(`the page complains: ${page.complaints.join('; ')}`);
    const outside = page.requests.filter((url) => !/^(file|data):/.test(url));
    if (outside.length) fail(`the page asks the network: ${outside}`);
}

const cases = {};
cases['charts are drawn, tables filled, nothing is complained of'] = async () => {
    for (const name of Object.keys(files)) {
        const page = await opened(name), figures = figuresOf(name);
        const plots = await page.ask('document.querySelectorAll(".plot").length');
        if (plots < 6) fail(`${name}: ${plots} charts`);
        const painted = (await page.ask(tally)).filter((pixels) => pixels > 500).length;
        if (painted < plots) fail(`${name}: ${painted} of ${plots} charts are drawn`);
        equal(await page.ask(rowsOf('trades-table')), Math.min(25, figures.trades.rows.length),
            'trades');
        for (const id of ['attribution-table', 'months-table', 'refusals-table', 'latest-table',
            'execution-table', 'funding-table', 'metrics-table', 'events-table'])
            if (await page.ask(rowsOf(id)) === 0) fail(`${name}: ${id} is empty`);
        quiet(page);
    }
};

cases['what a journal says stays words'] = async () => {
    const page = await opened('journal');
    equal(await page.ask('document.querySelectorAll("img:not([src^=data]), svg").length'), 0, 'planted elements');
    const names = await page.ask(`[...document.querySelectorAll('#attribution-table tbody td')]
        .map((cell) => cell.textContent)`);
    if (!names.includes(HARM)) fail('the name is not shown as it is');
    const text = await page.ask('document.querySelector("#latest-table").textContent');
    if (!text.includes('<svg onload=alert(2)> said no')) fail('the refusal is not shown');
    const html = fs.readFileSync(files.journal, 'utf8');
    equal(html.includes('<img onerror'), false, 'markup of the journal in the file');
    quiet(page);
};

cases['a backtest says what it assumed, a minute is drawn at its end'] = async () => {
    const page = await opened('series'), { curve } = figuresOf('series');
    const about = await page.ask('document.getElementById("about").textContent');
    for (const words of [`${HARM} on x.csv`, 'open at the end: 0.02 BTC at 60000'])
        if (!about.includes(words)) fail(`it says '${about}'`);
    const [first] = fs.readFileSync(path.join(dir, 'series/series.csv'), 'utf8').split('\n')[1]
        .split(',');
    equal(curve.rows[0][0], Number(first.slice(0, -6)) + 60000, 'the first point');
    equal(await (await opened('journal')).ask('document.getElementById("about")'), null, 'live');
    quiet(page);
};

cases['a run of a minute is drawn from its journal'] = async () => {
    const state = path.join(dir, 'brief'), series = path.join(state, 'series.csv');
    execFileSync(makeRun, [state, '20', '--series']);
    fs.writeFileSync(series, fs.readFileSync(series, 'utf8').split('\n').slice(0, 3).join('\n'));
    execFileSync(moongate, ['report', '--html', state], { stdio: 'pipe' });
    files.brief = path.join(state, 'report.html');
    const { run: { has_series: minutes }, curve, fills } = figuresOf('brief');
    equal(minutes, false, 'drawn from series.csv');
    if (curve.rows.length < fills.rows.length) fail(`${curve.rows.length} points`);
};

cases['the page shows the metrics\' own numbers'] = async () => {
    const page = await opened('journal'), [account] = figuresOf('journal').metrics;
    const shown = await page.ask(`Object.fromEntries([...document.querySelectorAll('[data-metric]')]
        .map((card) => [card.dataset.metric, card.dataset.value]))`);
    equal(shown.Result, account.result, 'result');
    equal(shown['Win rate'], account.win_rate, 'win rate');
    equal(shown.Trades, String(account.trades), 'trades');
    equal(shown['Sharpe, hours'], account.hours.sharpe, 'Sharpe');
    // Trades, days and attribution add up to the account, to the last digit.
    const nets = await page.ask('sumDecimals(makeRows(figures.trades).map((trade) => trade.net))');
    const open = await page.ask('figures.metrics[0].unrealised');
    equal(await page.ask(`sumDecimals(['${nets}', '${open}'])`), account.result, 'trades, summed');
    equal(await page.ask(`sumDecimals(makeRows(figures.days).map((day) => day.result))`),
        account.result, 'days, summed');
    equal(await page.ask(`[...document.querySelectorAll('#months-table tbody tr')]
        .map((row) => row.lastChild.dataset.value).join()`), account.result, 'months, summed');
};

cases['the trade list sorts and filters'] = async () => {
    const page = await opened('journal');
    const nets = `[...document.querySelectorAll('#trades-table tbody tr td:last-child')]
        .map((cell) => Number(cell.dataset.value))`;
    await page.ask(`[...document.querySelectorAll('#trades-table th button')].at(-1).click()`);
    const sorted = await page.ask(nets);
    if (sorted.some((net, i) => i > 0 && net > sorted[i - 1])) fail('not sorted by net');
    equal(await page.ask(`document.querySelector('#trades-table th:last-child').ariaSort`),
        'descending', 'aria-sort');
    await page.ask(`{ const box = document.getElementById('trades-words'); box.value = 'quoter';
        box.dispatchEvent(new Event('input')); }`);
    const wanted = figuresOf('journal').trades.rows.filter((row) => row.includes('quoter')).length;
    const foot = await page.ask(`document.querySelector('#trades-table tfoot').textContent`);
    equal(foot.startsWith(`${wanted} trades`), true, `the filtered count in '${foot}'`);
};

cases['keys move and zoom a chart'] = async () => {
    const page = await opened('journal');
    await page.ask('document.querySelector(".plot").focus()');
    await page.key('ArrowRight');
    const readout = await page.ask('document.querySelector(".readout").textContent');
    if (!/^2026-\d\d-\d\d.*Equity/.test(readout)) fail(`the readout says '${readout}'`);
    const window = 'charts[0].graph.xAxisRange()';
    const before = await page.ask(window);
    await page.key('+');
    const after = await page.ask(window);
    const linked = await page.ask('charts[1].graph.xAxisRange()');
    if (after[1] - after[0] > 0.6 * (before[1] - before[0])) fail('plus does not zoom');
    equal(linked.join(), after.join(), 'the drawdown\'s window');
    await page.key('Home');
    equal((await page.ask(window)).join(), before.join(), 'the window after Home');
};

cases['dark, narrow, printed'] = async () => {
    const dark = await opened('journal', { dark: true });
    equal(await dark.ask('document.documentElement.dataset.theme'), 'dark', 'theme');
    const phone = await opened('journal', { width: 390, height: 844, mobile: true });
    equal(await phone.ask('document.documentElement.scrollWidth'), 390, 'width on a phone');
    const { data } = await dark.send('Page.printToPDF', {});
    if (Buffer.from(data, 'base64').length < 20000) fail('the print is empty');
    [dark, phone].forEach(quiet);
};

await run(cases);
