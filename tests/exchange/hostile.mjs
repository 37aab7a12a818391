// What no client should send: the venue answers or closes, and goes on.
import crypto from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Venue, PREFIX, equal, fail, run } from './venue.mjs';

const venue = await Venue.start(['--rate', '0', '--rate-public', '0']);
const alive = async () => equal((await venue.request('GET', '/time')).status, 200, 'alive');

function raw(bytes, secure = true) {
    return new Promise((resolve) => {
        const options = { host: '127.0.0.1', port: venue.port, ca: venue.ca };
        const pieces = [];
        const socket = secure ? tls.connect(options, () => socket.write(bytes))
            : net.connect(options, () => socket.write(bytes));
        const end = () => { socket.destroy(); resolve(Buffer.concat(pieces).toString('latin1')); };
        socket.on('data', (data) => pieces.push(data));
        socket.on('error', end);
        socket.on('close', end);
        socket.setTimeout(1500, end);
    });
}

// Deterministic bytes: a failure can be seen again.
function* noise(seed) {
    for (let i = 0; ; i++)
        yield crypto.createHash('sha512').update(`${seed}-${i}`).digest();
}

await run({
    async 'no TLS at all'() {
        await raw('GET / HTTP/1.1\r\n\r\n', false);
        await raw(crypto.createHash('sha512').update('x').digest(), false);
        await alive();
    },
    async 'broken HTTP'() {
        const heads = ['GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\r\n\r\n\r\n', 'POST / HTTP/1.1\r\n'
            + 'content-length: -1\r\n\r\n', 'POST / HTTP/1.1\r\ncontent-length: 99999999999999\r\n\r\n',
        `GET /${'a'.repeat(100000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
        `GET /${'%41'.repeat(500)}?${'a=b&'.repeat(500)} HTTP/1.1\r\nhost: x\r\n\r\n`,
        `GET / HTTP/1.1\r\n${'x-y: z\r\n'.repeat(5000)}\r\n`, `GET ${PREFIX}/accounts HTTP/1.1\r\n`
            + `host: ${'h'.repeat(3000)}\r\nauthorization: Bearer ${'t'.repeat(9000)}\r\n\r\n`];
        for (const head of heads) await raw(head);
        const generator = noise('http');
        for (let i = 0; i < 20; i++) await raw(generator.next().value);
        await alive();
    },
    async 'bodies out of bounds'() {
        const big = await venue.post('/orders', `{"x":"${'a'.repeat(3 * 1024 * 1024)}"}`)
            .catch((error) => ({ status: error.code }));
        if (big.status === 200) fail('3 MB were taken');
        const deep = await venue.post('/orders', '{"a":'.repeat(2000));
        equal(deep.status, 400, 'depth');
        const bytes = await venue.post('/orders', '{"side":"\u0000"}');
        equal(bytes.status, 400, 'NUL');
        const ids = await venue.post('/orders/batch_cancel',
            { order_ids: Array.from({ length: 1001 }, (_, i) => String(i)) });
        equal(ids.status, 400, 'too many ids');
        await alive();
    },
    async 'frames out of shape'() {
        const generator = noise('ws');
        for (let i = 0; i < 20; i++) {
            const socket = await venue.connect();
            socket.stream.write(generator.next().value);
            socket.stream.write(generator.next().value);
            socket.close();
        }
        const socket = await venue.connect();
        socket.send('x'.repeat(60000));
        await socket.until(({ type }) => type === 'error');
        socket.close();
        const huge = await venue.connect();
        for (let i = 0; i < 40; i++) { // one message of 2 MB in continued frames
            const head = Buffer.from([i === 0 ? 1 : 0, 128 | 126, 0xc3, 0x50, 0, 0, 0, 0]);
            huge.stream.write(Buffer.concat([head, Buffer.alloc(50000, 0x20)]));
        }
        await huge.untilClosed();
        await alive();
    },
    async 'wrong arguments are said, with what to do'() {
        const program = process.env.MOONGATE_EXCHANGE;
        const says = (options, pattern) => {
            const { status, stderr } = spawnSync(program, options, { encoding: 'utf8' });
            equal(status, 2, options.join(' '));
            if (!pattern.test(stderr)) fail(`${options.join(' ')}: ${stderr}`);
        };
        const at = (name) => path.join(venue.dir, name);
        const good = ['--cert', at('server.pem'), '--key', at('server.key'), '--keys',
            at('public-keys.json')];
        says([], /--cert, --key and --keys are needed/);
        says(['--nonsense'], /--nonsense: no such option/);
        says(['--port'], /--port needs a value/);
        says(['--port', '70000', ...good], /0 to 65535/);
        says(['--speed', 'fast', ...good], /--speed 'fast'/);
        says(['--speed', '0', ...good], /speed must be more than 0/);
        says(['--session', 'x', ...good], /calendar, open or closed/);
        says(['extra', ...good], /options only/);
        says(['--tape', at('nothing'), ...good], /nothing: No such file/);
        says(['--tape', at('ca.pem'), ...good], /tape:1: not five columns/);
        says([...good.slice(0, 5), at('ca.pem')], /ca\.pem/);
        says([...good.slice(0, 5), at('nothing')], /nothing: No such file/);
        says(['--cert', at('nothing'), ...good.slice(2)], /cannot listen/);
        says(['--port', String(venue.port), ...good], /cannot listen/);
        fs.writeFileSync(at('state'), 'moongate-exchange-account 1\ncash x\n');
        says(['--state', at('state'), ...good], /state line 2 is damaged/);
        const help = spawnSync(program, ['--help'], { encoding: 'utf8' });
        equal(help.status, 0, '--help');
        if (!/make-certs/.test(help.stdout)) fail('help');
    },
    async 'it ends well'() { await venue.stop(); },
});
