// Has the libraries by others work out their indicators anew and wants what reference.csv.gz holds,
// digit by digit. With MOONGATE_BARS=FILE.csv[.gz] (columns as in tests/data/btc-perp.bars-1m.csv)
// ours are compared with theirs over those bars as well. --write keeps what they say.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const kept = path.join(here, 'reference.csv.gz');
const SKIPPED = 77;

function run(program, given, options = {}) {
    const { status, stdout, stderr } = spawnSync(program, given,
        { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
    return { ok: status === 0, stdout, stderr };
}

if (!fs.existsSync(path.join(here, 'node_modules/technicalindicators/package.json'))) {
    const npm = run('npm', ['ci', '--ignore-scripts'], { cwd: here });
    if (!npm.ok) {
        console.log(`npm ci failed: what they said before is compared by the spec\n${npm.stderr}`);
        process.exit(SKIPPED);
    }
}

function reference(bars) {
    const said = run(process.execPath, [path.join(here, 'reference.mjs')], { input: bars });
    if (said.ok) return said.stdout;
    console.log(said.stderr);
    process.exit(1);
}

const said = reference(fs.readFileSync(path.join(root, 'tests/data/btc-perp.bars-1m.csv')));
if (process.argv[2] === '--write') {
    fs.writeFileSync(kept, zlib.gzipSync(said, { level: 9 }));
} else if (zlib.gunzipSync(fs.readFileSync(kept)).toString() !== said) {
    console.log('they say something else than reference.csv.gz; look, then node run.mjs --write');
    process.exit(1);
}
console.log(`${said.split('\n').length - 2} bars: as kept`);

if (process.env.MOONGATE_BARS) {
    let bars = fs.readFileSync(process.env.MOONGATE_BARS);
    if (process.env.MOONGATE_BARS.endsWith('.gz')) bars = zlib.gunzipSync(bars);
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'moongate-indicators-'));
    const file = path.join(dir, 'reference.csv');
    fs.writeFileSync(file, reference(bars));
    const { ok, stdout, stderr } = run('lua5.4',
        ['tests/indicators/compare.lua', process.env.MOONGATE_BARS, file],
        { cwd: root, env: { ...process.env, LUA_PATH: 'lua/lib/?.lua;;' } });
    console.log(stdout + stderr);
    fs.rmSync(dir, { recursive: true });
    process.exit(ok ? 0 : 1);
}
