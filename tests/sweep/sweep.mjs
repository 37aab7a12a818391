// node sweep.mjs MOONGATE-LAB: sweeps of a real strategy over a real slice of bars.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { equal, fail, run } from '../exchange/venue.mjs';
import { Browser } from '../report/browser.mjs';

const [, , lab] = process.argv;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const strategy = path.join(dir, 'ma_cross.lua');
fs.copyFileSync('strategies/ma_cross.lua', strategy);

const at = (name) => path.join(dir, name);
const BARE = ['-s', strategy, '-d', 'tests/data/btc-perp.bars-1m.csv',
    '--from', '2022-01-05T23:00:00Z', '--to', '2022-01-06T05:30:00Z', '--folds', '2',
    '--train', '2'];
const TASK = [...BARE, '-p', 'fast=4:8:4', '-p', 'slow=12,20'];
const JOBS = 2 * 2 * 2 * 2;
function sweep(words) {
    const { status, stdout, stderr } = spawnSync(lab, ['sweep', ...words], { encoding: 'utf8' });
    return { status, stdout, stderr };
}
function scores(words) {
    const { status, stdout, stderr } = sweep([...words, '--json']);
    equal(status, 0, `exit code (${stderr})`);
    return JSON.parse(stdout);
}
const same = (a, b, what) => equal(JSON.stringify(a), JSON.stringify(b), what);
let whole;

const cases = {};
cases['all points are run, and ranked by their training alone'] = async () => {
    whole = scores([...TASK, '-o', at('whole')]);
    equal(whole.done, JOBS, 'backtests');
    equal(whole.points.filter((point) => point.whole).length, 4, 'whole points');
    const results = whole.points.map((point) => Number(point.train_result));
    if (results.some((result, i) => i > 0 && result > results[i - 1])) fail('not ranked');
    if (!whole.points.some((point) => point.trades > 0)) fail('nothing was traded');
    equal(whole.trials, 4, 'trials');
    // Stretches do not overlap, and the test stretches follow each other.
    const [first, second] = whole.folds;
    equal(first.test_to, second.test_from, 'the test stretches');
    const rows = spawnSync('sqlite3', [at('whole/sweep.db'), 'SELECT count(*) FROM runs'],
        { encoding: 'utf8' });
    equal(rows.stdout.trim(), String(JOBS), 'rows of the database');
};

// Begins the sweep in a folder and sends it the signal when its first backtest is done.
async function cut_off(folder, signal) {
    const child = spawn(lab, ['sweep', ...TASK, '-o', at(folder), '-j', '1'],
        { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '', told = false;
    child.stderr.setEncoding('utf8').on('data', (text) => {
        words += text;
        if (!told && /\b[1-9] backtests done/.test(words)) told = child.kill(signal);
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    return { code, words };
}
cases['interrupted and gone on with, it comes to the same'] = async () => {
    const { code, words } = await cut_off('cut', 'SIGINT');
    equal(code, 1, 'exit code');
    if (!words.includes('--resume')) fail('it does not say how to go on');
    equal(fs.readdirSync(at('cut/runs')).length, 0, 'runs left behind');
    same(scores(['--resume', at('cut')]), whole, 'the scores');
};
cases['killed and gone on with, likewise'] = async () => {
    const { code } = await cut_off('killed', 'SIGKILL');
    equal(code, null, 'exit code');
    same(scores(['--resume', at('killed')]), whole, 'the scores');
    equal(fs.readdirSync(at('killed/runs')).length, 0, 'runs left behind');
};

cases['jobs that ran apart come together'] = async () => {
    const lines = sweep([...TASK, '-o', at('here'), '--emit']).stdout.trim().split('\n');
    equal(lines.length, JOBS, 'lines');
    if (!lines[3].endsWith('--job 3')) fail(`the line is '${lines[3]}'`);
    const script = sweep(['--resume', at('here'), '--emit=slurm']).stdout;
    if (!script.includes(`--array=0-${JOBS - 1}`)) fail('the array has another size');
    fs.cpSync(at('here'), at('there'), { recursive: true });
    equal(sweep(['--resume', at('here'), '--job', '0-8']).status, 0, 'exit code');
    equal(sweep(['--resume', at('there'), '--job', `9-${JOBS - 1}`]).status, 0, 'exit code');
    for (const name of fs.readdirSync(at('there/jobs')))
        fs.copyFileSync(at(`there/jobs/${name}`), at(`here/jobs/${name}`));
    same(scores(['--resume', at('here')]), whole, 'the scores');
    const stranger = at('here/jobs/job-5.json');
    fs.writeFileSync(stranger, fs.readFileSync(stranger, 'utf8').replace('"from_ns":', '$&1'));
    const { status, stderr } = sweep(['--resume', at('here')]);
    equal(status, 2, 'exit code with a result of another sweep');
    if (!stderr.includes('job-5.json')) fail(`it says '${stderr}'`);
};

cases['random points are the seed\'s, and none twice'] = async () => {
    const task = [...TASK, '-p', 'rsi_long=40:60:5', '--random', '7'];
    for (const [name, seed] of [['one', '5'], ['same', '5'], ['other', '6']])
        equal(sweep([...task, '-o', at(name), '--seed', seed, '--emit']).status, 0, 'exit code');
    const points = (name) => spawnSync('sqlite3', [at(`${name}/sweep.db`),
        'SELECT params FROM points ORDER BY point'], { encoding: 'utf8' }).stdout.trim();
    equal(points('one'), points('same'), 'the points of one seed');
    if (points('one') === points('other')) fail('another seed draws the same');
    equal(new Set(points('one').split('\n')).size, 7, 'distinct points');
};

cases['what cannot be is said, with advice'] = async () => {
    const wrong = { 'fest=4': 'moongate params', 'rsi_long=50:200:50': 'outside', 'fast=a,b':
        'decimal', size_BTC: 'no range', 'slow=9,9': 'twice', 'slow=9:5:1': 'upwards' };
    for (const [value, advice] of Object.entries(wrong)) {
        const { status, stderr } = sweep([...BARE, '-p', value, '-o', at('wrong'), '--emit']);
        equal(status, 2, `exit code of ${value}`);
        if (!stderr.includes(advice)) fail(`${value}: it says '${stderr}'`);
    }
    const other = sweep([...TASK, '--seed', '9', '-o', at('whole')]);
    equal(other.status, 2, 'exit code of another sweep in the same folder');
    fs.appendFileSync(strategy, '\n-- edited\n');
    const edited = sweep([...TASK, '-o', at('whole')]);
    equal(edited.status, 2, 'exit code with an edited script');
    if (!edited.stderr.includes('hash')) fail(`it says '${edited.stderr}'`);
};

cases['a point that cannot run says why, in words of its script'] = async () => {
    const { status, stdout } = sweep([...BARE, '-p', 'fast=4,30', '-p', 'slow=20', '-o', at('bad')]);
    equal(status, 1, 'exit code');
    if (!stdout.includes('failed: ma_cross: ma_cross.lua') || !stdout.includes('fast must be shorter'))
        fail(`it says '${stdout}'`);
};

cases['what failed is tried again when it is gone on with'] = async () => {
    const data = at('bars.csv'), bars = 'tests/data/btc-perp.bars-1m.csv';
    const { status, stdout } = sweep([...BARE.map((word) => word === bars ? data : word),
        '-p', 'fast=4,8', '-o', at('again')]);
    equal(status, 1, 'exit code without data');
    if (!stdout.includes('failed: ') || !stdout.includes('No such file')) fail(`it says '${stdout}'`);
    fs.copyFileSync(bars, data);
    const { points } = scores(['--resume', at('again')]);
    equal(points.map(({ whole: all }) => all).join(), 'true,true', 'whole points');
};

cases['what a script wants is varied like the rest, and the first run has it too'] = async () => {
    const { points } = scores(['-s', 'twap', '-d', 'BTC-intx=tests/data/btc-perp.bars-1m.csv',
        '-p', 'target=0.1,0.2', '-o', at('twap')]);
    const { stdout } = spawnSync('sqlite3', [at('twap/sweep.db'),
        "SELECT * FROM plan WHERE key = 'data0'"], { encoding: 'utf8' });
    equal(stdout.trim(), `data0|BTC-intx=${path.resolve('tests/data/btc-perp.bars-1m.csv')}`,
        'the data, wherever a job is started');
    equal(points.map(({ whole: all }) => all).join(), 'true,true', 'whole points');
};

cases['the page shows the scores'] = async () => {
    const browser = await Browser.start();
    const page = await browser.open(pathToFileURL(at('whole/sweep.html')).href);
    equal(await page.ask('document.documentElement.dataset.ready'), 'yes', 'the script\'s end');
    equal(page.complaints.join('; '), '', 'complaints');
    await page.ask(`{ const shows = document.querySelectorAll('#heat select')[2];
        shows.value = [...shows].findIndex((each) => each.textContent === 'Result, out of sample');
        shows.dispatchEvent(new Event('change')); }`);
    const cells = await page.ask(`[...document.querySelectorAll('#heat-table td')]
        .map((cell) => Number(cell.dataset.value))`);
    const wanted = ['12', '20'].flatMap((slow) => ['4', '8'].map((fast) => Number(whole.points
        .find(({ values }) => values[0] === fast && values[1] === slow).test_result)));
    same(cells, wanted, 'the heat map');
    equal(await page.ask('document.querySelectorAll("#points-table tbody tr").length'), 4, 'points');
    equal(await page.ask('document.querySelectorAll("svg circle").length'), 4, 'dots');
};
await run(cases);
