// Installs the foreign client if it is not there, starts the exchange, runs client.mjs once with
// each kind of key.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Venue, equal, run } from '../exchange/venue.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const CLIENT_MS = 120000;

if (!fs.existsSync(path.join(here, 'node_modules/coinbase-api/package.json'))) {
    const { status, stderr, stdout } = spawnSync('npm', ['ci'], { cwd: here, encoding: 'utf8' });
    if (status !== 0) {
        console.error(`npm ci failed: the foreign client cannot be had\n${stdout}${stderr}`);
        process.exit(1);
    }
}

const cases = {};
for (const kind of ['es256', 'ed25519'])
    cases[`coinbase-api with an ${kind} key`] = async () => {
        const venue = await Venue.start(['--tape', process.env.MOONGATE_TAPE]);
        const child = spawn(process.execPath, [path.join(here, 'client.mjs')], {
            stdio: 'inherit', env: { ...process.env, EXCHANGE_URL: `https://${venue.host}`,
                NODE_EXTRA_CA_CERTS: path.join(venue.dir, 'ca.pem'),
                KEY_FILE: path.join(venue.dir, `api-key-${kind}.json`) } });
        const timer = setTimeout(() => child.kill('SIGKILL'), CLIENT_MS);
        const code = await new Promise((resolve) => child.on('exit', resolve));
        clearTimeout(timer);
        await venue.stop();
        equal(code, 0, 'the client\'s exit code');
    };
await run(cases);
